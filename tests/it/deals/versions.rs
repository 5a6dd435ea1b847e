//! What began under a version of a rule goes on under it, whatever becomes of the rule.

use serde_json::{Value, json};

use super::{Sales, fixed, one_off, percent, recurring};
use crate::ledger::merged;
use crate::support::both_databases;

async fn read(sales: &Sales<'_>, rule: &str) -> Value {
    let document = "query($id: ID!) { commissionRule(id: $id) { version archivedAt label } commissionRules { nodes { id } totalCount } }";
    sales.staff().data_with(document, json!({ "id": rule })).await
}

#[apply(both_databases)]
async fn a_started_recurring_part_keeps_its_version_after_a_change(app: TestApp) {
    let sales = Sales::new(&app).await;
    let rule = sales.rule(json!([recurring(&sales.won, percent("10"))])).await;
    let old = sales.deal("1000").await;
    assert_eq!(sales.enter(&old, &sales.won).await, ["100.00"]);
    let changed = sales
        .change_rule(
            &rule,
            json!({ "entries": [recurring(&sales.won, percent("20"))], "holdbackDays": 5 }),
        )
        .await;
    assert_eq!(changed["version"], 2);
    assert_eq!(sales.renew(&old).await, ["100.00"]);
    let new = sales.deal("1000").await;
    assert_eq!(sales.enter(&new, &sales.won).await, ["200.00"]);
    assert_eq!(sales.renew(&new).await, ["200.00"]);
    assert_eq!(sales.renew(&old).await, ["100.00"]);
    let holdbacks = async |deal: &str| -> Vec<Value> {
        sales
            .rows_of(deal)
            .await
            .iter()
            .map(|row| row["holdbackDays"].clone())
            .collect()
    };
    assert_eq!(holdbacks(&old).await, [json!(null), json!(null), json!(null)]);
    assert_eq!(holdbacks(&new).await, [json!(5), json!(5)]);
    // Lost and won again it is paid by the version that paid it.
    sales.enter(&old, &sales.lost).await;
    assert_eq!(sales.enter(&old, &sales.won).await, ["100.00", "100.00", "100.00"]);
    assert_eq!(sales.renew(&old).await, ["100.00"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn an_entry_that_leaves_the_rule_goes_on_for_the_deals_that_began_it(app: TestApp) {
    let sales = Sales::new(&app).await;
    let rule = sales.rule(json!([recurring(&sales.won, percent("10"))])).await;
    let deal = sales.deal("1000").await;
    sales.enter(&deal, &sales.won).await;
    sales
        .change_rule(
            &rule,
            json!({ "entries": [one_off(&sales.open, fixed("1"))], "partnerType": "RESELLER" }),
        )
        .await;
    assert_eq!(sales.renew(&deal).await, ["100.00"]);
    let other = sales.deal("1000").await;
    assert_eq!(sales.enter(&other, &sales.won).await, [""; 0]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_rule_that_has_paid_is_archived_and_what_began_goes_on(app: TestApp) {
    let sales = Sales::new(&app).await;
    let part = merged(percent("10"), json!({ "numberOfOccurrences": 3 }));
    let rule = sales
        .rule_with(json!([recurring(&sales.won, part)]), json!({ "label": "Old" }))
        .await;
    let deal = sales.deal("1000").await;
    sales.enter(&deal, &sales.won).await;
    sales.delete_rule(&rule).await;
    let found = read(&sales, &rule).await;
    assert_eq!(
        found["commissionRule"],
        json!({ "version": 1, "archivedAt": "2026-03-01T12:00:00Z", "label": "Old" })
    );
    assert_eq!(found["commissionRules"], json!({ "nodes": [], "totalCount": 0 }));
    // Again it does no harm, and the time stays.
    app.clock.advance(std::time::Duration::from_secs(60));
    sales.delete_rule(&rule).await;
    assert_eq!(
        read(&sales, &rule).await["commissionRule"]["archivedAt"],
        "2026-03-01T12:00:00Z"
    );
    let refused = sales
        .staff()
        .problems(
            "updateCommissionRule",
            json!({ "id": rule, "label": "New" }),
            "commissionRule",
        )
        .await;
    assert_eq!(refused, ["CONFLICT id"]);
    let new = sales.deal("1000").await;
    assert_eq!(sales.enter(&new, &sales.won).await, [""; 0]);
    assert_eq!(sales.renew(&new).await, [""; 0]);
    assert_eq!(sales.renew(&deal).await, ["100.00"]);
    assert_eq!(sales.renew(&deal).await, ["100.00"]);
    assert_eq!(sales.renew(&deal).await, [""; 0]);
    // What it names can still not be deleted.
    let refused = sales
        .staff()
        .problems("deletePaymentStage", json!({ "id": sales.won }), "deletedId")
        .await;
    assert_eq!(refused, ["IN_USE id"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_rule_that_never_paid_is_gone(app: TestApp) {
    let sales = Sales::new(&app).await;
    let rule = sales.rule(json!([one_off(&sales.won, fixed("1"))])).await;
    sales.delete_rule(&rule).await;
    let found = read(&sales, &rule).await;
    assert_eq!(
        found,
        json!({ "commissionRule": null, "commissionRules": { "nodes": [], "totalCount": 0 } })
    );
    let refused = sales
        .staff()
        .problems("deleteCommissionRule", json!({ "id": rule }), "deletedId")
        .await;
    assert_eq!(refused, ["NOT_FOUND id"]);
    // Nothing refers to the stage any more.
    sales
        .staff()
        .done("deletePaymentStage", json!({ "id": sales.won }), "deletedId")
        .await;
}

#[apply(both_databases)]
async fn an_archived_rules_external_id_is_free_again(app: TestApp) {
    let sales = Sales::new(&app).await;
    let external = json!({ "externalId": "42" });
    let rule = sales
        .rule_with(json!([one_off(&sales.won, fixed("1"))]), external.clone())
        .await;
    let deal = sales.deal("1").await;
    sales.enter(&deal, &sales.won).await;
    sales.delete_rule(&rule).await;
    sales
        .rule_with(json!([one_off(&sales.won, fixed("1"))]), external)
        .await;
}
