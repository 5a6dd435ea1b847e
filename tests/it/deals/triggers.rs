//! When a deal pays: exactly when it enters the stage, or when the condition becomes true there; once.

use serde_json::json;

use super::{Sales, fixed, one_off, percent};
use crate::ledger::{amounts, merged};
use crate::support::both_databases;

#[apply(both_databases)]
async fn entering_the_stage_pays_and_passing_over_it_does_not(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.qualified, percent("10"))])).await;
    let deal = sales.deal("1000").await;
    assert_eq!(sales.paid(&deal).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.open).await, [""; 0]);
    // From the first to the third stage: the second is not entered.
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.qualified).await, ["100.00"]);
    // A deal may be made right there.
    let stage = json!({ "stageId": sales.qualified });
    let created = sales.created("299.90", stage.clone()).await;
    assert_eq!(amounts(&created["commissions"]), ["29.99"]);
    assert_eq!(created["deal"]["stage"]["id"], sales.qualified);
    // One worth nothing, or too little, writes no row.
    for value in ["0", "0.04"] {
        assert_eq!(
            amounts(&sales.created(value, stage.clone()).await["commissions"]),
            [""; 0],
            "{value}"
        );
    }
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn moving_back_and_forth_ten_times_pays_once(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.won, percent("10")),
            one_off(&sales.won, fixed("5"))
        ]))
        .await;
    let deal = sales.deal("1000").await;
    let mut all = Vec::new();
    for _ in 0..10 {
        all.extend(sales.enter(&deal, &sales.won).await);
        // Where it stands already nothing happens.
        all.extend(sales.enter(&deal, &sales.won).await);
        all.extend(sales.enter(&deal, &sales.open).await);
    }
    assert_eq!(all, ["100.00", "5.00"]);
    assert_eq!(sales.paid(&deal).await, ["ACCRUED 100.00", "ACCRUED 5.00"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_rule_that_takes_another_ones_place_does_not_pay_again(app: TestApp) {
    let sales = Sales::new(&app).await;
    let old = sales.rule(json!([one_off(&sales.won, percent("10"))])).await;
    let deal = sales.deal("1000").await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["100.00"]);
    sales.delete_rule(&old).await;
    // The same place in a new rule is paid; a second entry is another place.
    sales
        .rule(json!([
            one_off(&sales.won, percent("20")),
            one_off(&sales.won, fixed("7"))
        ]))
        .await;
    sales.enter(&deal, &sales.open).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["7.00"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_condition_that_becomes_true_in_the_stage_pays_then_and_only_once(app: TestApp) {
    let sales = Sales::new(&app).await;
    let [small, medium, large] = &sales.options;
    let condition = json!({ "condition": { "customFieldId": sales.field, "optionId": large } });
    sales
        .rule(json!([
            merged(one_off(&sales.won, percent("10")), condition),
            one_off(&sales.won, fixed("1")),
        ]))
        .await;
    let deal = sales.deal_with("1000", sales.bearing(small)).await;
    // True before the stage is entered, it does not pay outside of it.
    assert_eq!(sales.bear(&deal, large).await, [""; 0]);
    assert_eq!(sales.bear(&deal, small).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.won).await, ["1.00"]);
    assert_eq!(sales.bear(&deal, medium).await, [""; 0]);
    assert_eq!(
        sales
            .change(
                &deal,
                json!({ "name": "Renamed", "value": { "amount": "500", "currency": "EUR" } })
            )
            .await,
        [""; 0]
    );
    app.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(sales.bear(&deal, large).await, ["50.00"]);
    assert_eq!(sales.rows_of(&deal).await[1]["accruedAt"], "2026-03-01T12:01:00Z");
    assert_eq!(sales.bear(&deal, small).await, [""; 0]);
    assert_eq!(sales.bear(&deal, large).await, [""; 0]);
    assert_eq!(sales.change(&deal, json!({ "customFields": [] })).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.open).await, [""; 0]);
    // Nor when it becomes true somewhere else.
    assert_eq!(sales.bear(&deal, large).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    // One that bears the option already is paid on entry.
    let other = sales.deal_with("1000", sales.bearing(large)).await;
    assert_eq!(sales.enter(&other, &sales.won).await, ["100.00", "1.00"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn what_was_due_does_not_follow_the_deals_value(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([merged(
            one_off(&sales.won, percent("10")),
            json!({ "recurring": percent("5") })
        ),]))
        .await;
    let deal = sales.deal("1000").await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["100.00", "50.00"]);
    let doubled = json!({ "value": { "amount": "2000", "currency": "EUR" } });
    assert_eq!(sales.change(&deal, doubled).await, [""; 0]);
    assert_eq!(sales.renew(&deal).await, ["100.00"]);
    assert_eq!(
        sales.paid(&deal).await,
        ["ACCRUED 100.00", "ACCRUED 50.00", "ACCRUED 100.00"]
    );
    sales.assert_fine().await;
}
