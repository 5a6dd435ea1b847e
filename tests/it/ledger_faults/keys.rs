//! Simultaneous calls with the same idempotency key: one does it, and all get its answer.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::ledger::{Shop, euros, text};
use crate::support::{Client, both_databases};

const CALLS: usize = 12;

/// Sends the same mutation many times at once; gives the answer that all of them got.
async fn at_once(client: &Client, field: &'static str, input: Value, selection: &'static str) -> Value {
    let calls = (0..CALLS).map(|_| {
        let (client, input) = (client.clone(), input.clone());
        tokio::spawn(async move { client.mutate(field, input, selection).await })
    });
    let answers = join_all(calls.collect::<Vec<_>>()).await;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("no call panics"))
        .collect();
    for answer in &answers {
        assert_eq!(answer, &answers[0], "{field}");
    }
    answers[0].clone()
}

#[apply(both_databases)]
async fn simultaneous_calls_with_one_key_do_it_once_and_all_get_its_answer(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (staff, partner) = (shop.staff(), shop.partner("ann").await);
    let manual = json!({ "partnerId": partner, "amount": euros("5"), "reason": "agreed", "idempotencyKey": "k" });
    let made = at_once(
        &staff,
        "createManualCommission",
        manual,
        "commission { id amount { amount } }",
    )
    .await;
    assert_eq!(made["userErrors"], json!([]));
    let row = text(&made["commission"]["id"]);
    assert_eq!(shop.ledger(&partner).await, ["MANUAL ACCRUED 5.00"]);

    let answers = at_once(
        &staff,
        "approveCommissions",
        json!({ "ids": [row], "idempotencyKey": "k" }),
        "id",
    )
    .await;
    assert_eq!(answers, json!([{ "id": row, "userErrors": [] }]));

    let run = at_once(
        &staff,
        "createPayoutRun",
        json!({ "idempotencyKey": "k" }),
        "payoutRun { payouts { nodes { id amount { amount } } } }",
    )
    .await;
    assert_eq!(run["userErrors"], json!([]));
    let payouts = run["payoutRun"]["payouts"]["nodes"].as_array().unwrap();
    assert_eq!((payouts.len(), &payouts[0]["amount"]["amount"]), (1, &json!("5.00")));
    assert_eq!(app.texts("SELECT CAST(COUNT(*) AS TEXT) FROM payout_run").await, ["1"]);

    let settle = json!({ "id": payouts[0]["id"], "status": "PAID", "idempotencyKey": "k" });
    let settled = at_once(&staff, "settlePayout", settle, "payout { status }").await;
    assert_eq!(settled, json!({ "payout": { "status": "PAID" }, "userErrors": [] }));

    let manual = json!({ "partnerId": partner, "amount": euros("7"), "reason": "agreed" });
    let other = shop.make("createManualCommission", "commission", manual).await;
    let reverse = json!({ "ids": [other, row], "reason": "mistake", "idempotencyKey": "k" });
    let answers = at_once(&staff, "reverseCommissions", reverse, "id").await;
    let codes = |index: usize| {
        answers[index]["userErrors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| text(&error["code"]))
            .collect::<Vec<_>>()
    };
    assert_eq!((codes(0), codes(1)), (vec![], vec!["INVALID_TRANSITION".to_owned()]));
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn whatever_refuses_the_later_ones_all_get_the_answer_of_the_first(app: TestApp) {
    let shop = Shop::new(&app).await;
    let staff = shop.staff();
    let new = json!({ "name": "Ann", "email": "ann@example.com", "externalId": "ann", "idempotencyKey": "k" });
    let made = at_once(&staff, "createPartner", new, "partner { id }").await;
    let partner = text(&made["partner"]["id"]);
    let suspend = json!({ "id": partner, "reason": "check", "idempotencyKey": "k" });
    let moved = at_once(
        &staff,
        "suspendPartner",
        suspend,
        "partner { id status transitions { to } }",
    )
    .await;
    assert_eq!(moved["partner"]["transitions"].as_array().unwrap().len(), 2, "{moved}");
    at_once(
        &staff,
        "activatePartner",
        json!({ "id": partner, "idempotencyKey": "k" }),
        "partner { id status }",
    )
    .await;
    let amend = json!({ "partnerId": partner, "terms": [{ "basis": "PERCENT", "value": "5" }], "reason": "agreed", "idempotencyKey": "k" });
    let amended = at_once(
        &staff,
        "amendCommissionSnapshot",
        amend,
        "commissionSnapshot { id version }",
    )
    .await;
    assert_eq!(amended["commissionSnapshot"]["version"], 1);
    let deal = json!({ "name": "Deal", "value": euros("5"), "partnerId": partner, "externalId": "deal", "idempotencyKey": "k" });
    at_once(&staff, "createDeal", deal, "deal { id }").await;
    let event = json!({
        "externalId": "e", "kind": "CHARGE", "amount": euros("100"), "partnerId": partner, "idempotencyKey": "k",
    });
    at_once(
        &staff,
        "recordEvent",
        event,
        "event { id } commissions { id amount { amount } }",
    )
    .await;
    assert_eq!(shop.ledger(&partner).await, ["EVENT ACCRUED 5.00"]);
    assert_eq!(app.texts("SELECT CAST(COUNT(*) AS TEXT) FROM idempotency").await, ["6"]);
}

#[apply(both_databases)]
async fn of_simultaneous_calls_with_one_key_and_other_input_one_wins(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let calls = (1..=CALLS).map(|number| {
        let input = json!({ "partnerId": partner, "amount": euros(&number.to_string()), "reason": "agreed", "idempotencyKey": "k" });
        let staff = shop.staff();
        async move { staff.mutate("createManualCommission", input, "commission { id }").await }
    });
    let answers = join_all(calls).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["userErrors"] == json!([]));
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in lost {
        let error = &answer["userErrors"][0];
        assert_eq!(error["code"], "CONFLICT");
        assert!(
            text(&error["message"]).ends_with("was used before with different input"),
            "{error}"
        );
    }
    assert_eq!(shop.ledger(&partner).await.len(), 1);
}
