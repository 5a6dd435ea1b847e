//! What becomes of rows that were paid, or are about to be.

use serde_json::json;

use super::{Two, told};
use crate::ledger::{merged, refund, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn what_was_paid_stays_and_its_event_earns_nothing_anew(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    two.shop.record(two.charge("open", "50")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    let row = two.shop.rows(&two.ann).await[0].clone();
    let moved = two.reassign(two.to_bob().await).await;
    assert_eq!(
        told(&moved),
        [
            "paid KEPT_PAID 20.00>- -",
            "open REVERSED 10.00>- -",
            "open EARNED ->10.00 -"
        ]
    );
    assert_eq!(two.shop.rows(&two.ann).await[0], row);
    assert_eq!(two.event("paid").await["attribution"]["partner"]["id"], two.bob);
    assert_eq!(two.event("paid").await["decision"]["reason"], "ALREADY_PAID");
    assert_eq!(two.shop.lifetime_value(&two.bob).await, ["150.00 EUR"]);
    two.assert_sound().await;
    // A refund takes back from whoever has it.
    let refunded = two.shop.record(refund("r", "paid", Some("50"))).await;
    assert_eq!(refunded["commissions"][0]["partner"]["id"], two.ann);
    assert_eq!(refunded["commissions"][0]["amount"]["amount"], "-10.00");
    assert_eq!(two.shop.lifetime_value(&two.bob).await, ["100.00 EUR"]);
    two.assert_sound().await;
    two.shop.record(refund("r2", "paid", None)).await;
    assert_eq!(
        two.shop.ledger(&two.ann).await,
        [
            "EVENT PAID 20.00",
            "EVENT REVERSED 10.00",
            "CLAWBACK APPROVED -10.00",
            "CLAWBACK APPROVED -10.00",
        ]
    );
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn what_was_paid_is_clawed_back_by_what_is_left_of_it(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    two.shop.record(refund("r", "paid", Some("30"))).await;
    let input = merged(two.to_bob().await, json!({ "clawBackPaid": true }));
    let moved = two.reassign(input).await;
    assert_eq!(
        told(&moved),
        [
            "paid CLAWED_BACK 20.00>- -14.00",
            "paid EARNED ->20.00 -",
            "paid EARNED ->-6.00 -6.00"
        ]
    );
    let clawback = &moved["rows"]["nodes"][0]["clawback"];
    assert_eq!(clawback["status"], "APPROVED");
    assert_eq!(clawback["partner"]["id"], two.ann);
    assert_eq!(clawback["explanation"][0]["source"], "reassignment");
    assert_eq!(two.shop.balances(&two.ann).await, ["EUR 0.00 -20.00 20.00 0.00 -20.00"]);
    two.assert_sound().await;
    // Nothing is left to take back of it.
    two.shop.record(refund("r2", "paid", None)).await;
    assert_eq!(two.shop.balances(&two.ann).await, ["EUR 0.00 -20.00 20.00 0.00 -20.00"]);
    assert_eq!(two.shop.balances(&two.bob).await, ["EUR 0.00 0.00 0.00 0.00 0.00"]);
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn a_refund_of_what_nobody_has_any_more_has_one_time(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "10" }])).await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    let mut nobody = two.to_bob().await;
    (nobody["partnerId"], nobody["campaignId"]) = (json!(null), json!(null));
    assert_eq!(told(&two.reassign(nobody).await), ["paid KEPT_PAID 10.00>- -"]);
    let refunded = two.shop.record(refund("r", "paid", None)).await;
    let recorded = two.event("r").await;
    assert_eq!(refunded["commissions"][0]["accruedAt"], recorded["recordedAt"]);
    assert_eq!(
        two.shop.ledger(&two.ann).await,
        ["EVENT PAID 10.00", "CLAWBACK APPROVED -10.00"]
    );
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn every_clawback_of_a_new_row_is_listed(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop.record(two.charge("sale", "100")).await;
    two.shop.record(refund("r", "sale", Some("30"))).await;
    two.shop.record(refund("r2", "sale", Some("20"))).await;
    let listed = |clawbacks: [&str; 2]| {
        let [first, second] = clawbacks;
        vec![
            "sale REVERSED 20.00>- -".to_owned(),
            "sale EARNED ->20.00 -".to_owned(),
            format!("sale EARNED ->-6.00 {first}"),
            format!("sale EARNED ->-4.00 {second}"),
        ]
    };
    assert_eq!(told(&two.preview(two.to_bob().await).await), listed(["-", "-"]));
    let input = merged(two.to_bob().await, json!({ "idempotencyKey": "once" }));
    let moved = two.reassign(input.clone()).await;
    assert_eq!(told(&moved), listed(["-6.00", "-4.00"]));
    assert_eq!(moved["rows"]["nodes"][2]["after"]["explanation"][0]["source"], "refund");
    assert_eq!(moved["rows"]["nodes"][2]["commission"], json!(null));
    // The answer of a repeated call is read from what was stored.
    assert_eq!(two.reassign(input).await["rows"], moved["rows"]);
    assert_eq!(
        two.shop.ledger(&two.bob).await,
        [
            "EVENT ACCRUED 20.00",
            "CLAWBACK ACCRUED -6.00",
            "CLAWBACK ACCRUED -4.00",
        ]
    );
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn a_row_in_an_open_payout_stops_the_whole_move(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let first = two.shop.record(two.charge("first", "100")).await;
    two.shop.record(two.charge("second", "50")).await;
    two.shop
        .approve(&[first["commissions"][0]["id"].as_str().unwrap()])
        .await;
    let payouts = two.shop.run(json!({})).await;
    let before = app.rows().await;
    let answer = two
        .shop
        .staff()
        .mutate("reassignCustomer", two.to_bob().await, "customer { id }")
        .await;
    let error = &answer["userErrors"][0];
    assert_eq!(error["code"], "CONFLICT");
    assert!(
        text(&error["message"]).contains(payouts[0]["id"].as_str().unwrap()),
        "{error}"
    );
    assert_eq!(app.rows().await, before);
    two.shop.settle(&payouts[0], "CANCELED").await;
    let moved = two.reassign(two.to_bob().await).await;
    assert_eq!(
        told(&moved)[..2],
        ["first REVERSED 20.00>- -", "first EARNED ->20.00 -"]
    );
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn what_is_moved_twice_takes_back_once(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let cleo = two.shop.partner("cleo").await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    two.reassign(two.to_bob().await).await;
    let onwards = merged(two.to_bob().await, json!({ "partnerId": cleo, "clawBackPaid": true }));
    let moved = two.reassign(onwards).await;
    assert_eq!(
        told(&moved),
        ["paid CLAWED_BACK 20.00>- -20.00", "paid EARNED ->20.00 -"]
    );
    assert_eq!(two.shop.balances(&two.ann).await, ["EUR 0.00 -20.00 20.00 0.00 -20.00"]);
    two.assert_sound().await;
    // And back to where it was: nothing of what was paid is left there.
    let home = merged(two.to_bob().await, json!({ "partnerId": two.ann }));
    let moved = two.reassign(home).await;
    assert_eq!(told(&moved), ["paid REVERSED 20.00>- -", "paid EARNED ->20.00 -"]);
    assert_eq!(
        two.shop.balances(&two.ann).await,
        ["EUR 20.00 -20.00 20.00 0.00 -20.00"]
    );
    two.shop.record(refund("r", "paid", None)).await;
    assert_eq!(
        two.shop.balances(&two.ann).await,
        ["EUR 0.00 -20.00 20.00 20.00 -20.00"]
    );
    two.assert_sound().await;
}
