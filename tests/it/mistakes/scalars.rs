//! Values that are none of their type, and mutations beside each other in one document.

use serde_json::{Value, json};

use crate::support::both_databases;
use crate::support::programme::Programme;

/// A document that would create a tier and then do something with a bad value.
const WITH_PERCENTAGE: &str = "first: createPartnerTier(input: { label: \"made\" }) { partnerTier { id } } \
    second: createPartnerGroup(input: { name: \"G\", rules: [{ recurring: { percentage: VALUE } }] }) { partnerGroup { id } }";
const WITH_CURRENCY: &str = "first: createPartnerTier(input: { label: \"made\" }) { partnerTier { id } } \
    second: createPartner(input: { name: \"P\", email: \"p@p.example\", payoutCurrency: VALUE }) { partner { id } }";
const WITH_TIME: &str = "first: createPartnerTier(input: { label: \"made\" }) { partnerTier { id } } \
    second: createCampaign(input: { name: \"C\", startsAt: VALUE }) { campaign { id } }";

#[apply(both_databases)]
async fn bad_scalars_are_refused_before_anything_is_done(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    for (fields, kind, values, hint) in [
        (
            WITH_PERCENTAGE,
            "Decimal!",
            vec![
                json!(1.5),
                json!(20.0),
                json!(-0.5),
                json!(1e3),
                json!("1e3"),
                json!("1,5"),
                json!(""),
                json!("+5"),
                json!(".5"),
                json!("5."),
                json!(" 5"),
                json!("NaN"),
                json!("0x10"),
                json!("٣"),
                json!("12345678901234567890123456789"),
                json!(true),
                json!([1, 2]),
                json!({ "a": 1 }),
            ],
            "\"12.34\"",
        ),
        (
            WITH_CURRENCY,
            "CurrencyCode",
            vec![
                json!("eur"),
                json!("EURO"),
                json!(""),
                json!("XAU"),
                json!("ABC"),
                json!(978),
                json!(["EUR", "USD"]),
            ],
            "\"EUR\"",
        ),
        (
            WITH_TIME,
            "DateTime",
            vec![
                json!("2026-02-30T00:00:00Z"),
                json!("2026-01-01"),
                json!("2026-01-01T00:00:00"),
                json!("yesterday"),
                json!(""),
                json!(1_772_366_400),
                json!("0000-01-01T00:00:00Z"),
                json!("+10000-01-01T00:00:00Z"),
                json!("2026-01-01T24:00:00Z"),
            ],
            "\"2026-04-24T12:00:00Z\"",
        ),
    ] {
        for value in values {
            // Written into the document where GraphQL can spell it, and in a variable at the very place.
            let literal = value.to_string().replace("\"a\":", "a:");
            let in_document = p
                .staff
                .ask(&format!("mutation {{ {} }}", fields.replace("VALUE", &literal)))
                .await;
            let document = format!("mutation($value: {kind}) {{ {} }}", fields.replace("VALUE", "$value"));
            let in_variable = p.staff.ask_with(&document, json!({ "value": value })).await;
            for (answer, place) in [(in_document, "document"), (in_variable, "variable")] {
                let body = &answer.body;
                assert!(
                    answer
                        .codes()
                        .iter()
                        .all(|code| ["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"].contains(code)),
                    "{value} in a {place}: {body}"
                );
                assert!(
                    !answer.codes().is_empty() && body.get("data").is_none(),
                    "{value} in a {place}: {body}"
                );
                let message = body["errors"][0]["message"].as_str().unwrap();
                assert!(
                    message.contains(hint),
                    "{value} in a {place} should hint at {hint}: {message}"
                );
            }
            assert_eq!(app.rows().await, before, "{value}");
        }
    }
}

#[apply(both_databases)]
async fn bad_scalars_deep_in_a_variable_are_refused_before_anything_is_done(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let document = "mutation($input: CreatePartnerGroupInput!) {
            first: createPartnerTier(input: { label: \"made\" }) { partnerTier { id } } createPartnerGroup(input: $input) { partnerGroup { id } } }";
    let group = |rules: Value| json!({ "input": { "name": "G", "rules": rules } });
    let recurring = json!({ "percentage": "1" });
    for variables in [
        group(json!([{ "recurring": { "percentage": 1.5 } }])),
        group(json!([{ "recurring": recurring }, { "recurring": { "percentage": "x" } }])),
        group(json!([{}])),
        group(json!([null])),
        group(json!([{ "recurring": null }])),
        group(json!([{ "recurring": {} }])),
        group(json!([{ "recurring": recurring, "customerVolumeGate": { "minQualifiedCustomers": 1 } }])),
        group(json!([{ "unknown": recurring }])),
        group(json!(null)),
        json!({ "input": null }),
        json!({ "input": { "name": 1, "rules": [] } }),
        json!({ "input": { "name": "G" } }),
        json!({ "input": { "name": "G", "rules": [], "nobody": 1 } }),
        json!({ "input": { "name": "G", "rules": [], "currency": "eur" } }),
        json!({ "input": { "name": "G", "rules": [], "default": "yes" } }),
    ] {
        let answer = p.staff.ask_with(document, variables.clone()).await;
        assert!(
            !answer.codes().is_empty() && answer.body.get("data").is_none(),
            "{variables}: {}",
            answer.body
        );
        assert_eq!(app.rows().await, before, "{variables}: {}", answer.body);
    }
}

#[apply(both_databases)]
async fn huge_numbers_are_refused_by_name(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    for number in [
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "99999999999999999999999999",
        "1e10",
        "1.5",
        "\"7\"",
    ] {
        let answer = p.staff.ask(&format!("mutation {{ createCampaign(input: {{ name: \"C\", holdbackDays: {number} }}) {{ campaign {{ id }} }} }}")).await;
        assert!(!answer.codes().is_empty(), "{number}: {}", answer.body);
        assert!(
            answer
                .codes()
                .iter()
                .all(|code| ["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"].contains(code)),
            "{number}: {}",
            answer.body
        );
        let answer = p
            .staff
            .ask(&format!("{{ partners(first: {number}) {{ totalCount }} }}"))
            .await;
        assert!(
            !answer.codes().is_empty() && !answer.codes().contains(&"INTERNAL_SERVER_ERROR"),
            "{number}: {}",
            answer.body
        );
    }
    for (first, last) in [
        (-1, None),
        (501, None),
        (i32::MAX, None),
        (i32::MIN, None),
        (1, Some(1)),
    ] {
        let last = last.map(|last| format!(", last: {last}")).unwrap_or_default();
        let answer = p
            .staff
            .ask(&format!("{{ partners(first: {first}{last}) {{ totalCount }} }}"))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{first} {last}");
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn a_mutation_that_fails_leaves_the_answers_of_its_siblings(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let document = format!(
        "mutation {{ a: createPartnerTier(input: {{ label: \"One\" }}) {{ partnerTier {{ label }} userErrors {{ code }} }}
             b: createPartnerTier(input: {{ label: \"one\\u0007\" }}) {{ partnerTier {{ label }} userErrors {{ code }} }}
             c: updateTenant(input: {{ name: \"Mine\" }}) {{ tenant {{ name }} }}
             d: deletePartnerTier(input: {{ id: {:?} }}) {{ deletedId userErrors {{ code }} }}
             e: createPartnerTier(input: {{ label: \"Two\" }}) {{ partnerTier {{ label }} userErrors {{ code }} }} }}",
        p.tier,
    );
    let answer = app
        .staff(&p.tenant, "partners:read partners:write")
        .ask(&document)
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(answer.body["errors"][0]["path"], json!(["c"]));
    assert_eq!(
        answer.body["data"],
        json!({
            "a": { "partnerTier": { "label": "One" }, "userErrors": [] },
            "b": { "partnerTier": null, "userErrors": [{ "code": "INVALID" }] },
            "c": null,
            "d": { "deletedId": null, "userErrors": [{ "code": "IN_USE" }] },
            "e": { "partnerTier": { "label": "Two" }, "userErrors": [] },
        })
    );
    let tiers = p
        .staff
        .data("{ partnerTiers { label } viewer { tenant { name } } }")
        .await;
    assert_eq!(
        tiers,
        json!({ "partnerTiers": [{ "label": "One" }, { "label": "Two" }, { "label": "hidden label" }], "viewer": { "tenant": { "name": "acme" } } })
    );
}

#[apply(both_databases)]
async fn each_mutation_of_a_document_reads_what_the_ones_before_it_wrote(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let terms = "terms: [{ basis: GROUP_RULES }], reason: \"r\"";
    let amend = format!(
        "amendCommissionSnapshot(input: {{ partnerId: {:?}, campaignId: {:?}, {terms} }})",
        p.a, p.second_campaign
    );
    let shown = "{ commissionSnapshot { version partner { commissionSnapshots { version supersededAt } } } }";
    let data = p
        .staff
        .data(&format!("mutation {{ a: {amend} {shown} b: {amend} {shown} }}"))
        .await;
    for (alias, version) in [("a", 2), ("b", 3)] {
        let snapshot = &data[alias]["commissionSnapshot"];
        assert_eq!(snapshot["version"], version, "{data}");
        assert_eq!(
            snapshot["partner"]["commissionSnapshots"][0],
            json!({ "version": version, "supersededAt": null }),
            "{data}"
        );
    }
    let join = |campaign: &str| {
        format!(
            "addPartnerToCampaign(input: {{ partnerId: {:?}, campaignId: {campaign:?} }}) {{ partner {{ campaigns {{ totalCount nodes {{ id }} }} }} }}",
            p.b
        )
    };
    let rename = |name: &str| {
        format!(
            "updatePartnerGroup(input: {{ id: {:?}, name: {name:?} }}) {{ partnerGroup {{ partners {{ nodes {{ group {{ name }} }} }} }} }}",
            p.group
        )
    };
    let data = p
        .staff
        .data(&format!(
            "mutation {{ a: {} b: {} c: {} d: {} }}",
            join(&p.campaign),
            join(&p.second_campaign),
            rename("One"),
            rename("Two")
        ))
        .await;
    assert_eq!(data["a"]["partner"]["campaigns"]["totalCount"], 2, "{data}");
    assert_eq!(data["b"]["partner"]["campaigns"]["totalCount"], 3, "{data}");
    assert_eq!(
        data["b"]["partner"]["campaigns"]["nodes"].as_array().unwrap().len(),
        3,
        "{data}"
    );
    assert_eq!(
        data["c"]["partnerGroup"]["partners"]["nodes"][0]["group"]["name"], "One",
        "{data}"
    );
    assert_eq!(
        data["d"]["partnerGroup"]["partners"]["nodes"][0]["group"]["name"], "Two",
        "{data}"
    );
}
