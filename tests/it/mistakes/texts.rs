//! Texts from all over the world, texts that are patterns elsewhere, and texts that no database takes.

use serde_json::{Value, json};

use crate::support::{Client, both_databases};

const WORLD: [&str; 6] = [
    "🦀💸 Crab & Sons",
    "شركة الشراكة",
    "חברת שותפים",
    "株式会社パートナー",
    "é👩🏽",
    "'; DROP TABLE partner; -- \\ \" ` $1 ?",
];

async fn found(admin: &Client, list: &str, filter: Value) -> Vec<String> {
    let kind = if list == "partners" { "Partner" } else { "Campaign" };
    let document = format!(
        "query($filter: {kind}Filter) {{ {list}(first: 500, filter: $filter) {{ totalCount nodes {{ name }} }} }}"
    );
    let data = admin.data_with(&document, json!({ "filter": filter })).await[list].clone();
    let mut names: Vec<_> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(data["totalCount"], names.len());
    names.sort();
    names
}

#[apply(both_databases)]
async fn texts_of_the_world_come_back_as_they_were(app: TestApp) {
    let admin = app.admin().await;
    for (number, text) in WORLD.into_iter().enumerate() {
        let input = json!({
            "name": text, "email": format!("{number}@a.example"), "externalId": text, "tags": [text, format!("{text}2")],
            "metadata": { text: [text, { "n": null, "t": true, "x": -1.5e-7 }] },
        });
        let partner = admin
            .done(
                "createPartner",
                input.clone(),
                "partner { id name externalId tags metadata }",
            )
            .await["partner"]
            .clone();
        let again = admin
            .data_with(
                "query($id: String) { partner(externalId: $id) { id name externalId tags metadata } }",
                json!({ "id": text }),
            )
            .await;
        assert_eq!(again["partner"], partner);
        for field in ["name", "externalId", "tags", "metadata"] {
            assert_eq!(partner[field], input[field]);
        }
        assert_eq!(found(&admin, "partners", json!({ "search": text })).await, [text]);
        assert_eq!(found(&admin, "partners", json!({ "tag": text })).await, [text]);
        let rules = json!([{ "recurring": { "percentage": "1", "description": format!("{text}\n\t{text}") } }]);
        let group = admin
            .done(
                "createPartnerGroup",
                json!({ "name": text, "description": text, "rules": rules }),
                "partnerGroup { name description rules { description } }",
            )
            .await;
        assert_eq!(
            group["partnerGroup"],
            json!({ "name": text, "description": text, "rules": [{ "description": format!("{text}\n\t{text}") }] })
        );
    }
    let (longest, label) = ("💸".repeat(200), "partnerTier { label }");
    assert_eq!(
        admin
            .done("createPartnerTier", json!({ "label": longest }), label)
            .await["partnerTier"]["label"],
        *longest
    );
}

#[apply(both_databases)]
async fn texts_that_look_the_same_are_one(app: TestApp) {
    let admin = app.admin().await;
    let (composed, apart) = ("cust-é", " cust-e\u{301} ");
    let partner = |external_id: &str, email: &str| json!({ "name": "José", "email": email, "externalId": external_id });
    admin
        .done("createPartner", partner(composed, "é@a.example"), "partner { id }")
        .await;
    let taken = admin
        .problems("createPartner", partner(apart, "e\u{301}@A.example"), "partner { id }")
        .await;
    assert_eq!(taken, ["TAKEN email", "TAKEN externalId"]);
    let event = |id: &str, customer: &str, kind: &str| {
        json!({
            "externalId": id, "kind": "CHARGE", "type": kind, "customerExternalId": customer,
            "amount": { "amount": "1", "currency": "USD" },
        })
    };
    let selected = "duplicate event { id externalId type customer { id externalId } }";
    let first = admin
        .done("recordEvent", event(composed, composed, composed), selected)
        .await;
    assert_eq!(first["event"]["customer"]["externalId"], composed);
    // The same event again, and another one of the same customer.
    let again = admin.done("recordEvent", event(apart, apart, apart), selected).await;
    assert_eq!((&again["duplicate"], &again["event"]), (&json!(true), &first["event"]));
    let other = admin.done("recordEvent", event("other", apart, apart), selected).await;
    assert_eq!(other["event"]["customer"], first["event"]["customer"]);
    for (document, found) in [
        (
            "query($id: String!) { found: customer(externalId: $id) { externalId } }",
            json!({ "externalId": composed }),
        ),
        (
            "query($id: String!) { found: partner(externalId: $id) { externalId } }",
            json!({ "externalId": composed }),
        ),
        (
            "query($id: String!) { found: event(externalId: $id) { externalId } }",
            json!({ "externalId": composed }),
        ),
        (
            "query($id: String!) { found: events(filter: { types: [$id] }) { totalCount } }",
            json!({ "totalCount": 2 }),
        ),
        (
            "query($id: String!) { found: customers(filter: { externalIds: [$id] }) { totalCount } }",
            json!({ "totalCount": 1 }),
        ),
        (
            "query($id: String!) { found: customers(filter: { search: $id }) { totalCount } }",
            json!({ "totalCount": 1 }),
        ),
    ] {
        for id in [composed, apart] {
            assert_eq!(
                admin.data_with(document, json!({ "id": id })).await["found"],
                found,
                "{document}: {id}"
            );
        }
    }
}

#[apply(both_databases)]
async fn invisible_characters_of_identifiers_are_named(app: TestApp) {
    let admin = app.admin().await;
    for letter in ['\u{200b}', '\u{feff}', '\u{200e}', '\u{202e}', '\u{7f}'] {
        let text = format!("a{letter}b");
        let says = format!(
            "must not contain the invisible character U+{:04X} (its character 2)",
            u32::from(letter)
        );
        for (mutation, input, field) in [
            (
                "createPartner",
                json!({ "name": "N", "email": "n@a.example", "externalId": text }),
                "externalId",
            ),
            (
                "createPartner",
                json!({ "name": "N", "email": "n@a.example", "payoutReference": text }),
                "payoutReference",
            ),
            ("createPartner", json!({ "name": text, "email": "n@a.example" }), "name"),
            (
                "createPartner",
                json!({ "name": "N", "email": format!("{text}@a.example") }),
                "email",
            ),
            (
                "createPartner",
                json!({ "name": "N", "email": "n@a.example", "tags": [text] }),
                "tags.0",
            ),
            (
                "createCampaign",
                json!({ "name": "C", "externalId": text }),
                "externalId",
            ),
            (
                "recordEvent",
                json!({ "externalId": text, "kind": "CONVERSION" }),
                "externalId",
            ),
            (
                "recordEvent",
                json!({ "externalId": "e", "kind": "CONVERSION", "type": text }),
                "type",
            ),
            (
                "recordEvent",
                json!({ "externalId": "e", "kind": "CONVERSION", "customerExternalId": text }),
                "customerExternalId",
            ),
            (
                "recordEvent",
                json!({ "externalId": "e", "kind": "CONVERSION", "idempotencyKey": text }),
                "idempotencyKey",
            ),
        ] {
            let made = match mutation {
                "createPartner" => "partner { id }",
                "createCampaign" => "campaign { id }",
                _ => "event { id }",
            };
            let payload = admin.mutate(mutation, input, made).await;
            let problem = &payload["userErrors"][0];
            assert_eq!(
                (&problem["code"], &problem["message"]),
                (&json!("INVALID"), &json!(format!("{field} {says}"))),
                "{mutation}"
            );
        }
    }
}

#[apply(both_databases)]
async fn search_takes_every_character_literally_and_every_case(app: TestApp) {
    let admin = app.admin().await;
    let names = [
        "50% off",
        "50 percent",
        "a_b",
        "axb",
        r"back\slash",
        "backslash",
        "ÄRGER",
        "straße",
        "Plain",
        "José",
        "İzmir",
        "ΟΔΟΣ ﬁ",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let (email, external_id) = (format!("Mail{number}@Mixed.example"), format!("Ext_{number}-ÜBER"));
        admin
            .done(
                "createPartner",
                json!({ "name": name, "email": email, "externalId": external_id }),
                "partner { id }",
            )
            .await;
        admin
            .done(
                "createCampaign",
                json!({ "name": name, "externalId": external_id }),
                "campaign { id }",
            )
            .await;
    }
    for list in ["partners", "campaigns"] {
        for (search, expected) in [
            ("%", vec!["50% off"]),
            ("50%", vec!["50% off"]),
            ("_b", vec!["a_b"]),
            ("a_B", vec!["a_b"]),
            ("\\", vec![r"back\slash"]),
            (r"BACK\S", vec![r"back\slash"]),
            ("ärger", vec!["ÄRGER"]),
            ("Ärger", vec!["ÄRGER"]),
            ("STRAß", vec!["straße"]),
            ("STRASSE", vec!["straße"]),
            ("strasse", vec!["straße"]),
            ("jose\u{301}", vec!["José"]),
            ("JOSÉ", vec!["José"]),
            ("i\u{307}zmir", vec!["İzmir"]),
            ("İZMIR", vec!["İzmir"]),
            ("οδος FI", vec!["ΟΔΟΣ ﬁ"]),
            ("Ｐｌａｉｎ", vec!["Plain"]),
            ("pLAIN", vec!["Plain"]),
            ("  plain ", vec!["Plain"]),
            ("ext_3", vec!["axb"]),
            ("EXT_3-", vec!["axb"]),
            ("ext_3-Über", vec!["axb"]),
            ("Ext_3-ÜBER", vec!["axb"]),
            ("nothing", vec![]),
            ("'", vec![]),
            ("ext%3", vec![]),
            ("ext-3", vec![]),
            ("*", vec![]),
            ("%%", vec![]),
            ("\\%", vec![]),
        ] {
            assert_eq!(
                found(&admin, list, json!({ "search": search })).await,
                expected,
                "{list}: {search}"
            );
        }
        assert_eq!(found(&admin, list, json!({ "search": "" })).await.len(), names.len());
    }
    assert_eq!(
        found(&admin, "partners", json!({ "search": "MAIL3@mixed" })).await,
        ["axb"]
    );
}

#[apply(both_databases)]
async fn tags_are_found_whole_and_as_they_are_spelt(app: TestApp) {
    let admin = app.admin().await;
    for (number, tag) in ["vip", "VIP", "v%", "v\"ip", r"v\ip", "[\"vip\"]", "1", "true"]
        .into_iter()
        .enumerate()
    {
        admin
            .done(
                "createPartner",
                json!({ "name": tag, "email": format!("{number}@a.example"), "tags": [tag, "all"] }),
                "partner { id }",
            )
            .await;
        assert_eq!(found(&admin, "partners", json!({ "tag": tag })).await, [tag]);
    }
    assert_eq!(found(&admin, "partners", json!({ "tag": "all" })).await.len(), 8);
    for tag in ["", "v", "vi_", "%", "ALL"] {
        assert!(
            found(&admin, "partners", json!({ "tag": tag })).await.is_empty(),
            "{tag}"
        );
    }
}

#[apply(both_databases)]
async fn looking_for_what_is_longer_than_any_text_is_the_callers_mistake(app: TestApp) {
    let admin = app.admin().await;
    let texts = ["x".repeat(201), "%_".repeat(60_000), "💸".repeat(100_000)];
    for text in texts {
        for (document, argument) in [
            (
                "query($text: String) { partners(filter: { search: $text }) { totalCount } }",
                "search",
            ),
            (
                "query($text: String) { partners(filter: { search: $text }) { nodes { id } } }",
                "search",
            ),
            (
                "query($text: String) { partners(filter: { tag: $text }) { totalCount } }",
                "tag",
            ),
            (
                "query($text: String) { campaigns(filter: { search: $text }) { totalCount } }",
                "search",
            ),
            (
                "query($text: String) { partner(externalId: $text) { id } }",
                "externalId",
            ),
            (
                "query($text: String) { partnerGroup(externalId: $text) { id } }",
                "externalId",
            ),
            (
                "query($text: String) { campaign(externalId: $text) { id } }",
                "externalId",
            ),
            (
                "query($text: String) { partners(after: $text) { totalCount } }",
                "cursor",
            ),
        ] {
            let answer = admin.ask_with(document, json!({ "text": text })).await;
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{document}: {:.300}", answer.body);
            let message = answer.body["errors"][0]["message"].as_str().unwrap();
            assert!(
                message.contains(argument) && message.len() < 200,
                "{document}: {message}"
            );
        }
    }
}

#[apply(both_databases)]
async fn metadata_may_hold_whatever_json_holds(app: TestApp) {
    let admin = app.admin().await;
    let deep = (0..60).fold(json!(1), |inner, _| json!({ "a": [inner] }));
    for (number, metadata) in [
        json!({}),
        json!([]),
        json!(""),
        json!(false),
        json!(0),
        json!({ "": "" }),
        json!({ "a.b": { "$ref": "#/" }, "__proto__": 1, "a b": 2, "😀": 3 }),
        json!(r"\u0000 written out"),
        json!({ r"\u0000": r"\\u0000" }),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(0.1 + 0.2),
        json!(1.0e-300),
        json!(1.797_693_134_862_315_7e308),
        json!(5e-324),
        json!(1e21),
        json!([1, 1.5, -2.25, 9_007_199_254_740_993_u64]),
        json!([[[]]]),
        deep,
        json!(vec![1; 999]),
        json!("\u{1}\u{7f}\u{fffd}\n\r\t\"\\"),
    ]
    .into_iter()
    .enumerate()
    {
        let input = json!({ "name": "N", "email": format!("{number}@a.example"), "metadata": metadata });
        let id = admin.done("createPartner", input, "partner { id }").await["partner"]["id"].clone();
        let partner = admin
            .data_with("query($id: ID) { partner(id: $id) { metadata } }", json!({ "id": id }))
            .await;
        assert_eq!(partner["partner"]["metadata"], metadata);
    }
}
