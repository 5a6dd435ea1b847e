//! Values that fit no type, or are missing, are found before anything is executed.

use serde_json::{Value, json};

use super::message;
use crate::support::both_databases;
use crate::support::programme::Programme;

#[apply(both_databases)]
async fn bad_variables_are_refused_without_data_before_a_mutation_runs(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let first = "first: createPartnerTier(input: { label: \"made\" }) { partnerTier { id } }";
    let campaign = format!(
        "mutation($input: CreateCampaignInput!) {{ {first} createCampaign(input: $input) {{ campaign {{ id }} }} }}"
    );
    let days = format!(
        "mutation($days: Int!) {{ {first} createCampaign(input: {{ name: \"C\", holdbackDays: $days }}) {{ campaign {{ id }} }} }}"
    );
    let cases: [(&str, Value, &str); 12] = [
        (
            &campaign,
            json!({}),
            "variable $input of required type CreateCampaignInput! was not provided",
        ),
        (
            &campaign,
            json!({ "input": null }),
            "$input must be a CreateCampaignInput!, not null",
        ),
        (&campaign, json!({ "input": [] }), "$input must be an object"),
        (&campaign, json!({ "input": ["x"] }), "$input must be an object"),
        (&campaign, json!({ "input": "x" }), "$input must be an object"),
        (&campaign, json!({ "input": {} }), "$input.name is required"),
        (
            &campaign,
            json!({ "input": { "name": 1 } }),
            "$input.name must be a text",
        ),
        (
            &campaign,
            json!({ "input": { "name": "C", "surprise": 1 } }),
            "field \"surprise\" is not defined by type",
        ),
        (
            &campaign,
            json!({ "input": { "name": "C", "holdbackDays": 2_147_483_648_i64 } }),
            "$input.holdbackDays must be a whole number",
        ),
        (
            &campaign,
            json!({ "input": { "name": "C", "holdbackDays": 1.5 } }),
            "$input.holdbackDays must be a whole number",
        ),
        (&days, json!({ "days": "7" }), "$days must be a whole number"),
        (&days, json!({ "days": true }), "$days must be a whole number"),
    ];
    for (document, variables, says) in cases {
        let answer = p.staff.ask_with(document, variables.clone()).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{variables}: {}", answer.body);
        assert!(answer.body.get("data").is_none(), "{variables}: {}", answer.body);
        assert!(message(&answer.body).contains(says), "{says}: {}", answer.body);
        assert!(
            answer.body["errors"][0]["locations"][0]["line"].is_u64(),
            "{}",
            answer.body
        );
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn a_document_seen_before_is_looked_at_again_with_every_request(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let document = "query($id: ID!, $yes: Boolean!) { partner(id: $id) { id name @include(if: $yes) } }";
    let good = json!({ "id": p.a, "yes": true });
    p.staff.data_with(document, good.clone()).await;
    for bad in [
        json!({ "id": p.a }),
        json!({ "id": { "a": 1 }, "yes": true }),
        json!({ "id": null, "yes": true }),
        json!({ "id": p.a, "yes": "true" }),
    ] {
        let answer = p.staff.ask_with(document, bad.clone()).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{bad}: {}", answer.body);
        assert!(answer.body.get("data").is_none(), "{}", answer.body);
    }
    assert_eq!(p.staff.data_with(document, good).await["partner"]["id"], json!(p.a));
    assert_eq!(
        p.staff.data_with(document, json!({ "id": p.a, "yes": false })).await["partner"],
        json!({ "id": p.a })
    );
}

#[apply(both_databases)]
async fn a_variable_without_value_leaves_its_field_out(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let document = "mutation($id: ID!, $externalId: String, $name: String) {
            updatePartner(input: { id: $id, name: $name, externalId: $externalId }) { partner { id name externalId } userErrors { code field } } }";
    let partner = |data: Value| {
        assert_eq!(data["updatePartner"]["userErrors"], json!([]));
        (
            data["updatePartner"]["partner"]["name"].clone(),
            data["updatePartner"]["partner"]["externalId"].clone(),
        )
    };
    let named = json!({ "id": p.a, "name": "New name", "externalId": "x-1" });
    assert_eq!(
        partner(p.staff.data_with(document, named).await),
        (json!("New name"), json!("x-1"))
    );
    // Twice: the document is kept ready after the first time.
    for _ in 0..2 {
        assert_eq!(
            partner(p.staff.data_with(document, json!({ "id": p.a })).await),
            (json!("New name"), json!("x-1"))
        );
    }
    // Null is another thing: it clears.
    let cleared = p
        .staff
        .data_with(document, json!({ "id": p.a, "externalId": null }))
        .await;
    assert_eq!(partner(cleared), (json!("New name"), Value::Null));
}

#[apply(both_databases)]
async fn the_default_of_a_variable_says_what_is_left_out(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let document = "query($in: Boolean = true, $out: Boolean! = true) { viewer { subject @include(if: $in) scopes @skip(if: $out) } }";
    assert_eq!(p.staff.data(document).await, json!({ "viewer": { "subject": "ann" } }));
    let turned = p.staff.data_with(document, json!({ "in": false, "out": false })).await;
    assert_eq!(turned, json!({ "viewer": { "scopes": ["admin"] } }));
}

#[apply(both_databases)]
async fn literals_that_fit_no_type_are_refused_without_data(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for (document, says) in [
        (
            "{ partners(first: 2147483648) { totalCount } }",
            "first must be a whole number",
        ),
        (
            "{ partners(first: 1.0) { totalCount } }",
            "first must be a whole number",
        ),
        ("{ partners(filter: []) { totalCount } }", ""),
        ("{ partners(filter: [1]) { totalCount } }", "filter must be an object"),
        (
            "{ partners(filter: { nothing: 1 }) { totalCount } }",
            "field \"nothing\" is not defined by type",
        ),
        (
            "{ partners(filter: { status: [NO_SUCH] }) { totalCount } }",
            "enum PartnerStatus",
        ),
        (
            "{ partners(filter: { status: [\"ACTIVE\"] }) { totalCount } }",
            "enum PartnerStatus",
        ),
        ("{ partner(id: ENUM) { id } }", "id must be an id"),
        ("{ partner(id: { a: 1 }) { id } }", "id must be an id"),
        ("{ viewer { subject @include(if: 1) } }", "if must be true or false"),
    ] {
        let answer = p.staff.ask(document).await;
        assert!(answer.body.get("data").is_none(), "{document}: {}", answer.body);
        assert_eq!(
            answer.codes(),
            ["GRAPHQL_VALIDATION_FAILED"],
            "{document}: {}",
            answer.body
        );
        assert!(message(&answer.body).contains(says), "{document}: {}", answer.body);
    }
    // A single value stands for a list of it.
    p.staff
        .data("{ partners(filter: { status: ACTIVE }) { totalCount } }")
        .await;
}

#[apply(both_databases)]
async fn no_text_has_the_character_that_no_database_takes(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let first = "first: createPartnerTier(input: { label: \"made\" }) { partnerTier { id } }";
    let partner = format!(
        "mutation($input: CreatePartnerInput!) {{ {first} createPartner(input: $input) {{ partner {{ id }} userErrors {{ code }} }} }}"
    );
    let with = |more: Value| {
        let mut input = json!({ "name": "P", "email": "p@p.example" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "input": input })
    };
    let deep = (0..20).fold(json!("a\u{0}"), |inner, _| json!([{ "inner": inner }]));
    let literal = |fields: &str| {
        format!(
            "mutation {{ {first} createPartner(input: {{ name: \"P\", email: \"p@p.example\", {fields} }}) {{ userErrors {{ code }} }} }}"
        )
    };
    let search = "query($text: String = \"a\\u0000\") { partners(filter: { search: $text }) { totalCount } }";
    let approve = "mutation($ids: [ID!]!) { approveCommissions(input: { ids: $ids }) { userErrors { code } } }";
    for (document, variables, place) in [
        (partner.as_str(), with(json!({ "name": "\u{0}" })), "$input.name"),
        (&partner, with(json!({ "email": "a@a.exam\u{0}ple" })), "$input.email"),
        (&partner, with(json!({ "tags": ["fine", "a\u{0}"] })), "$input.tags.1"),
        (
            &partner,
            with(json!({ "payoutCurrency": "EU\u{0}" })),
            "$input.payoutCurrency",
        ),
        (&partner, with(json!({ "groupId": "grp_\u{0}" })), "$input.groupId"),
        (
            &partner,
            with(json!({ "idempotencyKey": "\u{0}" })),
            "$input.idempotencyKey",
        ),
        (&partner, with(json!({ "metadata": "\u{0}" })), "$input.metadata"),
        (
            &partner,
            with(json!({ "metadata": { "a": ["b\u{0}"] } })),
            "$input.metadata.a.0",
        ),
        (
            &partner,
            with(json!({ "metadata": { "a": [{ "a\u{0}": 1 }] } })),
            "$input.metadata.a.0.(a name)",
        ),
        (
            &partner,
            with(json!({ "metadata": deep })),
            "$input.metadata.0.inner.0.inner",
        ),
        (
            &literal("notes: \"a\\u0000\"").replace("notes", "externalId"),
            json!({}),
            "createPartner.input.externalId",
        ),
        (
            &literal("metadata: { a: [\"\\u0000\"] }"),
            json!({}),
            "createPartner.input.metadata.a.0",
        ),
        (search, json!({}), "$text"),
        (search, json!({ "text": "\u{0}" }), "$text"),
        (approve, json!({ "ids": [p.commission, "\u{0}"] }), "$ids.1"),
        ("{ partner(id: \"par_\\u0000\") { id } }", json!({}), "partner.id"),
        (
            "{ partners(after: \"\\u0000\") { totalCount } }",
            json!({}),
            "partners.after",
        ),
        (
            "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
            json!({ "r": [{ "__typename": "Partner", "id": "\u{0}" }] }),
            "$r.0.id",
        ),
    ] {
        let answer = p.staff.ask_with(document, variables.clone()).await;
        assert_eq!(
            answer.codes(),
            ["BAD_USER_INPUT"],
            "{document} {variables}: {}",
            answer.body
        );
        assert!(
            answer.body.get("data").is_none(),
            "{document} {variables}: {}",
            answer.body
        );
        let text = message(&answer.body);
        assert!(
            text.starts_with(place) && text.ends_with(" must not contain the character U+0000"),
            "{place}: {text}"
        );
    }
    assert_eq!(app.rows().await, before);
    // Its escape written out is a text like others.
    p.staff
        .done(
            "createPartner",
            with(json!({ "name": r"\u0000", "metadata": { r"\u0000": r"\u0000" } }))["input"].clone(),
            "partner { id }",
        )
        .await;
}

/// As texts of JSON: a value of this program's could not hold them.
#[apply(both_databases)]
async fn numbers_that_would_change_are_refused_before_anything_runs(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let id = &p.a;
    let document = format!(
        "mutation($metadata: JSON) {{ updatePartner(input: {{ id: \"{id}\", metadata: $metadata }}) {{ partner {{ metadata }} }} }}"
    );
    let with = |number: &str| {
        let body = json!({ "query": document, "variables": { "metadata": { "a": ["NUMBER"] } } });
        let mut request = p.staff.post(&body, None);
        *request.body_mut() = body.to_string().replace("\"NUMBER\"", number).into();
        request
    };
    for number in [
        "0.12345678901234567890",
        "18446744073709551617",
        "-9223372036854775809",
        "1e400",
        "1e-400",
        "9007199254740993.0",
    ] {
        let says = format!("the number {number} cannot be kept exactly: put it in quotes, as a text");
        let answer = p.staff.send(with(number)).await;
        let is_said = message(&answer.body) == says || message(&answer.body).contains("number out of range");
        assert!(
            answer.codes() == ["BAD_REQUEST"] && is_said,
            "{number}: {}",
            answer.body
        );
        let literal = document
            .replace("$metadata }", &format!("[{{ a: {number} }}] }}"))
            .replace("($metadata: JSON)", "");
        let answer = p.staff.ask(&literal).await;
        assert_eq!(
            (answer.codes(), message(&answer.body)),
            (vec!["GRAPHQL_VALIDATION_FAILED"], says.as_str())
        );
        let query =
            "/graphql?query=query($m:JSON)%7B__typename%7D&variables=%7B%22m%22:NUMBER%7D".replace("NUMBER", number);
        let mut request = p.staff.post(&json!({}), None);
        (*request.method_mut(), *request.uri_mut()) = (axum::http::Method::GET, query.parse().unwrap());
        *request.body_mut() = axum::body::Body::empty();
        request
            .headers_mut()
            .insert("graphql-require-preflight", "1".parse().unwrap());
        let answer = p.staff.send(request).await;
        let is_said = message(&answer.body) == says || message(&answer.body).contains("number out of range");
        assert!(
            answer.codes() == ["BAD_REQUEST"] && is_said,
            "{number}: {}",
            answer.body
        );
    }
    assert_eq!(app.rows().await, before);
    for kept in [
        "9007199254740993",
        "18446744073709551615",
        "0.30000000000000004",
        "-1.50e2",
        "\"0.12345678901234567890\"",
    ] {
        let answer = p.staff.send(with(kept)).await;
        let read: f64 = kept.trim_matches('"').parse().unwrap();
        let found = &answer.body["data"]["updatePartner"]["partner"]["metadata"]["a"][0];
        let shown = found.to_string();
        let is_kept = shown == kept || found.as_f64() == Some(read) && kept.len() < 20;
        assert!(is_kept, "{kept}: {}", answer.body);
    }
}
