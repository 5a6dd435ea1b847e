//! A deal that is lost: what nobody approved is reversed, and is paid again when the deal is won after all.

use serde_json::json;

use super::{Sales, fixed, one_off, percent};
use crate::histories::are_numbered;
use crate::ledger::{merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn losing_reverses_what_has_accrued_and_leaves_what_was_approved(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.open, fixed("1")),
            one_off(&sales.qualified, fixed("2")),
            one_off(&sales.won, fixed("4")),
        ]))
        .await;
    let deal = sales.deal("1000").await;
    for stage in [&sales.open, &sales.qualified, &sales.won] {
        sales.enter(&deal, stage).await;
    }
    let rows = sales.rows_of(&deal).await;
    let ids: Vec<_> = rows.iter().map(|row| text(&row["id"])).collect();
    sales.approve(&[&ids[0]]).await;
    sales.pay().await;
    sales.approve(&[&ids[1]]).await;
    assert_eq!(sales.enter(&deal, &sales.lost).await, [""; 0]);
    assert_eq!(sales.paid(&deal).await, ["PAID 1.00", "APPROVED 2.00", "REVERSED 4.00"]);
    let last = sales.rows_of(&deal).await[2]["transitions"][1].clone();
    assert_eq!(
        (&last["to"], &last["reason"], &last["actor"]),
        (&json!("REVERSED"), &json!("the deal was lost"), &json!("ann"))
    );
    assert_eq!(sales.balances(&sales.partner).await, ["EUR 0.00 2.00 1.00 4.00 2.00"]);
    sales.assert_fine().await;

    // Won after all: what was reversed, and only that.
    assert_eq!(sales.enter(&deal, &sales.open).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.qualified).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.won).await, ["4.00"]);
    sales.enter(&deal, &sales.qualified).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    // And once more.
    sales.enter(&deal, &sales.lost).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["4.00"]);
    assert_eq!(
        sales.paid(&deal).await,
        [
            "PAID 1.00",
            "APPROVED 2.00",
            "REVERSED 4.00",
            "REVERSED 4.00",
            "ACCRUED 4.00"
        ]
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_row_that_was_reversed_by_hand_is_not_paid_again(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.won, fixed("4")),
            one_off(&sales.won, fixed("5"))
        ]))
        .await;
    let deal = sales.deal("1000").await;
    sales.enter(&deal, &sales.won).await;
    let row = text(&sales.rows_of(&deal).await[0]["id"]);
    assert_eq!(sales.reverse(&[&row]).await, [""]);
    sales.enter(&deal, &sales.open).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    // Nor does losing the deal change that: it reversed the other row only.
    sales.enter(&deal, &sales.lost).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["5.00"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn the_occurrences_that_were_reversed_come_back_together(app: TestApp) {
    let sales = Sales::new(&app).await;
    let split = merged(one_off(&sales.won, percent("10")), json!({ "recurring": percent("2") }));
    sales.rule(json!([split])).await;
    let deal = sales.deal("1000").await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["100.00", "20.00"]);
    assert_eq!(sales.renew(&deal).await, ["20.00"]);
    assert_eq!(sales.renew(&deal).await, ["20.00"]);
    let rows = sales.rows_of(&deal).await;
    sales.approve(&[&text(&rows[1]["id"])]).await;
    sales.enter(&deal, &sales.lost).await;
    let refused = sales
        .staff()
        .problems(
            "recordDealRenewal",
            json!({ "id": deal, "idempotencyKey": "lost" }),
            "deal",
        )
        .await;
    assert_eq!(refused, ["INVALID_TRANSITION id"]);
    // The one-off part, and occurrences 2 and 3; the first was approved.
    assert_eq!(sales.enter(&deal, &sales.won).await, ["100.00", "20.00", "20.00"]);
    assert_eq!(sales.renew(&deal).await, ["20.00"]);
    let stands: Vec<_> = sales
        .paid(&deal)
        .await
        .into_iter()
        .filter(|row| !row.starts_with("REVERSED"))
        .collect();
    assert_eq!(
        stands,
        [
            "APPROVED 20.00",
            "ACCRUED 100.00",
            "ACCRUED 20.00",
            "ACCRUED 20.00",
            "ACCRUED 20.00"
        ]
    );
    // The refused renewal used up nothing, its key neither.
    let renewed = sales.renewed(&deal, "lost").await;
    assert_eq!(renewed["deal"]["renewals"], 4);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn losing_reverses_the_spiff_too(app: TestApp) {
    let sales = Sales::new(&app).await;
    let spiff = json!({ "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": "DEAL_OWNER" });
    sales.rule_with(json!([one_off(&sales.won, fixed("50"))]), spiff).await;
    let deal = sales.deal_with("1000", json!({ "owner": "Olga" })).await;
    sales.enter(&deal, &sales.won).await;
    sales.enter(&deal, &sales.lost).await;
    assert_eq!(sales.paid(&deal).await, ["REVERSED 50.00"]);
    assert_eq!(sales.enter(&deal, &sales.won).await, ["50.00"]);
    assert_eq!(sales.balances(&sales.partner).await, [""; 0]);
    sales.assert_fine().await;
}

/// A row in an open payout is approved, so it is out of reach.
#[apply(both_databases)]
async fn a_row_in_an_open_payout_stays_there_when_the_deal_is_lost(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.won, fixed("4"))])).await;
    let deal = sales.deal("1000").await;
    sales.enter(&deal, &sales.won).await;
    let row = text(&sales.rows_of(&deal).await[0]["id"]);
    sales.approve(&[&row]).await;
    let payout = sales.run(json!({})).await.remove(0);
    sales.enter(&deal, &sales.lost).await;
    sales.settle(&payout, "PAID").await;
    assert_eq!(sales.paid(&deal).await, ["PAID 4.00"]);
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn payments_have_the_numbers_of_their_steps(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.open, fixed("1")),
            one_off(&sales.won, fixed("4"))
        ]))
        .await;
    let deal = sales.deal("1000").await;
    for stage in [&sales.open, &sales.won, &sales.lost, &sales.won] {
        sales.enter(&deal, stage).await;
    }
    let payments = "deal_payment AS paid JOIN commission_transition AS step
            ON step.tenant_id = paid.tenant_id AND step.commission_id = paid.commission_id";
    let accrued = format!("{payments} WHERE step.from_status IS NULL");
    are_numbered(&app, (&accrued, "step.sequence = paid.sequence"), 3).await;
    let reversed = format!("{payments} WHERE step.to_status = 'REVERSED'");
    are_numbered(
        &app,
        (
            &reversed,
            "step.sequence = paid.voided_sequence AND paid.voided_sequence > paid.sequence",
        ),
        2,
    )
    .await;
    are_numbered(
        &app,
        ("deal_payment WHERE voided_at IS NULL", "voided_sequence IS NULL"),
        1,
    )
    .await;
    sales.assert_fine().await;
}
