//! Stages and custom fields.

use serde_json::json;

use super::{Sales, field, fixed, one_off};
use crate::ledger::text;
use crate::support::both_databases;

#[apply(both_databases)]
async fn stages_are_listed_by_position_then_in_the_order_of_their_making(app: TestApp) {
    let sales = Sales::new(&app).await;
    let first = json!({ "label": "Lead", "position": 0, "externalId": "7" });
    sales.make("createPaymentStage", "paymentStage", first).await;
    sales
        .staff()
        .done(
            "updatePaymentStage",
            json!({ "id": sales.lost, "position": 1, "label": "Gone" }),
            "paymentStage { id }",
        )
        .await;
    let data = sales
        .staff()
        .data("{ paymentStages { label position outcome externalId } }")
        .await;
    let stages: Vec<_> = data["paymentStages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| {
            format!(
                "{} {} {} {}",
                stage["position"],
                text(&stage["label"]),
                text(&stage["outcome"]),
                stage["externalId"].as_str().unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        stages,
        [
            "0 Open OPEN -",
            "0 Lead OPEN 7",
            "1 Qualified OPEN -",
            "1 Gone LOST -",
            "2 Won WON -"
        ]
    );
}

#[apply(both_databases)]
async fn what_a_stage_means_does_not_change_while_deals_stand_in_it(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.open, fixed("5"))])).await;
    let deal = sales.deal("100").await;
    sales.enter(&deal, &sales.open).await;
    let change = json!({ "id": sales.open, "outcome": "LOST" });
    assert_eq!(
        sales
            .staff()
            .problems("updatePaymentStage", change.clone(), "paymentStage")
            .await,
        ["IN_USE outcome"]
    );
    // Saying what it is already is no change.
    sales
        .staff()
        .done(
            "updatePaymentStage",
            json!({ "id": sales.open, "outcome": "OPEN", "label": "New" }),
            "paymentStage { id }",
        )
        .await;
    sales.enter(&deal, &sales.won).await;
    let changed = sales
        .staff()
        .done("updatePaymentStage", change, "paymentStage { outcome label }")
        .await;
    assert_eq!(changed["paymentStage"], json!({ "outcome": "LOST", "label": "New" }));
    // What moves into it now is lost, and enters the stage, which pays.
    assert_eq!(sales.enter(&deal, &sales.open).await, ["5.00"]);
    assert_eq!(sales.paid(&deal).await, ["REVERSED 5.00", "ACCRUED 5.00"]);
    assert_eq!(
        sales
            .staff()
            .problems(
                "recordDealRenewal",
                json!({ "id": deal, "idempotencyKey": "k" }),
                "deal"
            )
            .await,
        ["INVALID_TRANSITION id"]
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn options_with_an_id_stay_without_one_are_new_and_left_out_are_deleted(app: TestApp) {
    let sales = Sales::new(&app).await;
    let (id, options) = field(&sales, "Region", &["north", "south", "east"]).await;
    let input = json!({ "id": id, "label": "Area", "externalId": "9", "options": [
        { "label": "west", "externalId": "w" }, { "id": options[2], "label": "South" }, { "id": options[1], "label": "East" },
    ] });
    let changed = sales
        .staff()
        .done(
            "updateCustomField",
            input,
            "customField { label externalId options { id label externalId } }",
        )
        .await["customField"]
        .clone();
    let west = changed["options"][0]["id"].clone();
    assert_eq!(
        changed,
        json!({ "label": "Area", "externalId": "9", "options": [
        { "id": west, "label": "west", "externalId": "w" }, { "id": options[2], "label": "South", "externalId": null },
        { "id": options[1], "label": "East", "externalId": null },
    ] })
    );
    assert!(!options.contains(&text(&west)));
    let data = sales.staff().data_with("query($id: ID!) { node(id: $id) { ... on CustomField { label externalId options { id label externalId } } } }", json!({ "id": id })).await;
    assert_eq!(data["node"], changed);
    // An option may take the name of one that goes, and two may swap their names.
    let swapped = json!({ "id": id, "options": [
        { "id": options[1], "label": "South" }, { "id": options[2], "label": "East" }, { "label": "west", "externalId": "w" },
    ] });
    sales
        .staff()
        .done("updateCustomField", swapped, "customField { id }")
        .await;
    sales
        .staff()
        .done("deleteCustomField", json!({ "id": id }), "deletedId")
        .await;
    let data = sales.staff().data("{ customFields { label } }").await;
    assert_eq!(data["customFields"], json!([{ "label": "Size" }]));
}
