//! The shapes of answers that some versions of async-graphql get wrong: an upgrade must prove itself here.

use serde_json::json;

use crate::support::both_databases;

#[apply(both_databases)]
async fn keys_come_in_the_order_of_the_document(app: TestApp) {
    let admin = app.admin().await;
    // `partners` waits for the database, the others do not.
    let answer = admin
        .ask("{ partners { totalCount } viewer { subject } __typename again: viewer { tenant { slug } subject } }")
        .await;
    let keys: Vec<_> = answer.body["data"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 4);
    let text = answer.sent();
    let places: Vec<_> = ["partners", "viewer", "__typename", "again"]
        .iter()
        .map(|key| text.find(&format!("\"{key}\":")))
        .collect();
    assert!(places.is_sorted() && places[0].is_some(), "{text}");
}

#[apply(both_databases)]
async fn a_failed_nullable_field_is_null_and_leaves_its_siblings(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let client = app.staff(&tenant, "campaigns:read");
    let answer = client
        .ask("{ partner(externalId: \"x\") { id } viewer { subject } }")
        .await;
    assert_eq!(
        answer.body["data"],
        json!({ "partner": null, "viewer": { "subject": "ann" } })
    );
    assert_eq!(answer.body["errors"][0]["path"], json!(["partner"]));
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
}

#[apply(both_databases)]
async fn a_failed_field_that_cannot_be_null_takes_its_parent_along(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let made = admin
        .done("createCampaign", json!({ "name": "Summer" }), "campaign { id }")
        .await;
    let client = app.staff(&tenant, "campaigns:read");
    let document = "query($id: ID!) { campaign(id: $id) { name partners { totalCount } } viewer { subject } }";
    let answer = client.ask_with(document, json!({ "id": made["campaign"]["id"] })).await;
    assert_eq!(
        answer.body["data"],
        json!({ "campaign": null, "viewer": { "subject": "ann" } })
    );
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
}

#[apply(both_databases)]
async fn a_failed_mutation_leaves_the_answers_of_its_siblings(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let client = app.staff(&tenant, "campaigns:write campaigns:read");
    let answer = client
        .ask(
            "mutation { a: createCampaign(input: { name: \"A\" }) { campaign { name } }
             b: createPartnerTier(input: { label: \"B\" }) { partnerTier { id } }
             c: createCampaign(input: { name: \"C\" }) { campaign { name } } }",
        )
        .await;
    assert_eq!(
        answer.body["data"],
        json!({
            "a": { "campaign": { "name": "A" } }, "b": null, "c": { "campaign": { "name": "C" } },
        })
    );
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
}

#[apply(both_databases)]
async fn a_refused_document_has_no_data_key(app: TestApp) {
    let admin = app.admin().await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "query A { __typename } query B { __typename }",
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (
            "mutation { createCampaign(input: { name: 1 }) { campaign { id } } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let answer = admin.ask(document).await;
        assert!(answer.body.get("data").is_none(), "{}", answer.body);
        assert_eq!(answer.codes(), [code], "{}", answer.body);
        assert!(answer.body["errors"][0]["extensions"]["requestId"].is_string());
    }
}
