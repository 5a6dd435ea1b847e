//! Renewals: each once, and each the next occurrence of what has started.

use serde_json::json;

use super::{Sales, fixed, one_off, percent, recurring};
use crate::ledger::merged;
use crate::support::both_databases;

#[apply(both_databases)]
async fn renewals_pay_the_next_occurrence_of_what_has_started(app: TestApp) {
    let sales = Sales::new(&app).await;
    let thrice = merged(fixed("3"), json!({ "numberOfOccurrences": 3 }));
    sales
        .rule(json!([
            merged(recurring(&sales.qualified, thrice), json!({ "oneOff": fixed("1") })),
            recurring(&sales.won, percent("1")),
        ]))
        .await;
    let deal = sales.deal("1000").await;
    // Before it started renewals do not count.
    assert_eq!(sales.renew(&deal).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.open).await, [""; 0]);
    assert_eq!(sales.renew(&deal).await, [""; 0]);
    assert_eq!(sales.enter(&deal, &sales.qualified).await, ["1.00", "3.00"]);
    assert_eq!(sales.renew(&deal).await, ["3.00"]);
    assert_eq!(sales.enter(&deal, &sales.won).await, ["10.00"]);
    assert_eq!(sales.renew(&deal).await, ["3.00", "10.00"]);
    assert_eq!(sales.renew(&deal).await, ["10.00"]);
    assert_eq!(sales.renewed(&deal, "last").await["deal"]["renewals"], 6);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn the_same_renewal_again_gives_the_first_answer(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            recurring(&sales.won, fixed("3")),
            one_off(&sales.won, fixed("1"))
        ]))
        .await;
    let (deal, other) = (sales.deal("1000").await, sales.deal("1000").await);
    sales.enter(&deal, &sales.won).await;
    let first = sales.renewed(&deal, "2027").await;
    assert_eq!(first["deal"]["renewals"], 1);
    let before = app.rows().await;
    assert_eq!(sales.renewed(&deal, "2027").await, first);
    assert_eq!(app.rows().await, before);
    let problems = sales
        .staff()
        .problems(
            "recordDealRenewal",
            json!({ "id": other, "idempotencyKey": "2027" }),
            "deal",
        )
        .await;
    assert_eq!(problems, ["CONFLICT idempotencyKey"]);
    assert_eq!(app.rows().await, before);
    assert_eq!(sales.renewed(&deal, "2028").await["deal"]["renewals"], 2);
    // The first answer also after the deal was lost: it is the same renewal.
    sales.enter(&deal, &sales.lost).await;
    let again = sales.renewed(&deal, "2027").await;
    assert_eq!(again["commissions"][0]["id"], first["commissions"][0]["id"]);
    assert_eq!(again["commissions"][0]["status"], "REVERSED");
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_renewal_that_pays_nothing_is_recorded_once_too(app: TestApp) {
    let sales = Sales::new(&app).await;
    let deal = sales.deal("1000").await;
    for _ in 0..2 {
        let renewed = sales.renewed(&deal, "2027").await;
        assert_eq!(
            (&renewed["deal"]["renewals"], &renewed["commissions"]),
            (&json!(1), &json!([]))
        );
    }
}
