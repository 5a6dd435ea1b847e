//! A preview comes to what the move comes to, and writes nothing; a repeat answers what the first call did.

use serde_json::{Value, json};

use super::{Two, selection};
use crate::ledger::{merged, refund};
use crate::support::both_databases;

/// Without ids and times, which every attempt makes anew.
fn comparable(payload: &Value) -> Vec<Value> {
    let rows = payload["rows"]["nodes"].as_array().expect("rows").iter();
    rows.map(|row| {
        let mut after = row["after"].clone();
        if let Some(after) = after.as_object_mut() {
            after.remove("matureAt");
            for step in after["explanation"].as_array_mut().unwrap() {
                if step["source"] == "reassignment" {
                    step["detail"] = json!(null);
                }
            }
        }
        json!([
            row["event"],
            row["outcome"],
            row["before"]["id"],
            row["before"]["status"],
            after
        ])
    })
    .collect()
}

#[apply(both_databases)]
async fn a_preview_writes_nothing_and_equals_the_move(app: TestApp) {
    let two = Two::new(
        &app,
        json!([{ "basis": "PERCENT", "value": "20" }, { "basis": "GROUP_RULES" }]),
    )
    .await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    for (id, amount) in [("a", "30"), ("b", "40.05"), ("c", "0")] {
        two.shop.record(two.charge(id, amount)).await;
    }
    two.shop.record(refund("r", "b", Some("10"))).await;
    for claws in [true, false] {
        let input = merged(two.to_bob().await, json!({ "clawBackPaid": claws }));
        let before = app.rows().await;
        let previewed = two.preview(input.clone()).await;
        assert_eq!(app.rows().await, before);
        assert_eq!(previewed["rows"]["totalCount"], if claws { 8 } else { 7 });
        for row in previewed["rows"]["nodes"].as_array().unwrap() {
            assert_eq!([&row["commission"], &row["clawback"]], [&json!(null), &json!(null)]);
        }
        assert_eq!(comparable(&previewed), comparable(&two.preview(input.clone()).await));
        if !claws {
            assert_eq!(comparable(&previewed), comparable(&two.reassign(input).await));
        }
    }
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn a_repeat_answers_what_the_first_call_did_and_pages_on(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    for id in ["a", "b", "c"] {
        two.shop.record(two.charge(id, "10")).await;
    }
    two.shop.record(refund("r", "b", None)).await;
    let input = merged(two.to_bob().await, json!({ "idempotencyKey": "k" }));
    let first = two.reassign(input.clone()).await;
    let before = app.rows().await;
    let again = two.reassign(input.clone()).await;
    assert_eq!(again, first);
    let mut walked = Vec::new();
    let mut after = json!(null);
    loop {
        let page = two.shop.staff().data_with(
            "mutation($input: ReassignCustomerInput!, $after: String) { reassignCustomer(input: $input) {
                    rows(first: 2, after: $after) { nodes { event { externalId } outcome } pageInfo { hasNextPage endCursor } } } }",
            json!({ "input": input, "after": after }),
        ).await["reassignCustomer"]["rows"].clone();
        walked.extend(page["nodes"].as_array().unwrap().clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let all = first["rows"]["nodes"].as_array().unwrap().iter();
    let all: Vec<_> = all
        .map(|row| json!({ "event": row["event"], "outcome": row["outcome"] }))
        .collect();
    assert_eq!(walked, all);
    let other = merged(input, json!({ "reason": "another" }));
    assert_eq!(
        two.shop.staff().problems("reassignCustomer", other, &selection()).await,
        ["CONFLICT idempotencyKey"]
    );
    assert_eq!(app.rows().await, before);
}
