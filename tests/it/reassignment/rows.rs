//! What becomes of rows that were not paid.

use serde_json::json;

use super::{Two, told};
use crate::ledger::{charge, merged, refund};
use crate::support::both_databases;

#[apply(both_databases)]
async fn unpaid_rows_are_reversed_and_events_earn_for_the_new_partner_now(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop.record(two.charge("first", "100")).await;
    two.shop.record(two.charge("second", "50")).await;
    let before = two.event("first").await;
    two.shop.days_later(3);
    let update = json!({ "id": two.campaign, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    two.shop.staff().done("updateCampaign", update, "campaign { id }").await;
    let moved = two.reassign(two.to_bob().await).await;
    assert_eq!(
        told(&moved),
        [
            "first REVERSED 20.00>- -",
            "first EARNED ->10.00 -",
            "second REVERSED 10.00>- -",
            "second EARNED ->5.00 -",
        ]
    );
    assert_eq!(moved["customer"]["partner"]["id"], two.bob);
    assert_eq!(moved["remaining"], 0);
    assert_eq!(
        two.shop.ledger(&two.ann).await,
        ["EVENT REVERSED 20.00", "EVENT REVERSED 10.00"]
    );
    assert_eq!(
        two.shop.ledger(&two.bob).await,
        ["EVENT ACCRUED 10.00", "EVENT ACCRUED 5.00"]
    );
    let row = &two.shop.rows(&two.bob).await[0];
    assert_eq!(row, &moved["rows"]["nodes"][1]["commission"]);
    assert!(
        row["accruedAt"].as_str() > before["recordedAt"].as_str(),
        "it accrues now: {row}"
    );
    assert_eq!(row["transitions"][0]["reason"], "reassigned: wrong link");
    let steps = row["explanation"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["source"], "reassignment");
    assert_eq!(
        two.shop.rows(&two.ann).await[0]["transitions"][1]["reason"],
        "reassigned: wrong link"
    );
    let event = two.event("first").await;
    assert_eq!(event["recordedAt"], before["recordedAt"]);
    assert_eq!(event["attribution"]["partner"]["id"], two.bob);
    assert_ne!(event["attribution"]["id"], before["attribution"]["id"]);
    assert_eq!(event["decision"]["components"][0]["amount"]["amount"], "10.00");
    assert_eq!(two.shop.lifetime_value(&two.ann).await, ["0.00 EUR"]);
    assert_eq!(two.shop.lifetime_value(&two.bob).await, ["150.00 EUR"]);
    // Later events follow the new binding.
    let later = json!({ "externalId": "third", "kind": "CHARGE", "amount": { "amount": "10", "currency": "EUR" }, "customerExternalId": "cust" });
    let recorded = two.shop.record(later).await;
    assert_eq!(recorded["event"]["attribution"]["partner"]["id"], two.bob);
    assert_eq!(recorded["event"]["attribution"]["campaign"]["id"], two.campaign);
    // The same event again is still known.
    let again = two.shop.record(two.charge("first", "100")).await;
    assert_eq!(again["duplicate"], true);
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn only_events_from_the_moment_on_are_moved_and_none_without_it(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop
        .record(merged(
            two.charge("old", "100"),
            json!({ "occurredAt": "2026-01-10T00:00:00Z" }),
        ))
        .await;
    two.shop
        .record(merged(
            two.charge("new", "50"),
            json!({ "occurredAt": "2026-01-20T00:00:00Z" }),
        ))
        .await;
    let mut input = two.to_bob().await;
    input["from"] = json!(null);
    let moved = two.reassign(input.clone()).await;
    assert_eq!(told(&moved), Vec::<String>::new());
    assert_eq!(moved["customer"]["partner"]["id"], two.bob);
    assert_eq!(
        two.shop.ledger(&two.ann).await,
        ["EVENT ACCRUED 20.00", "EVENT ACCRUED 10.00"]
    );
    two.assert_sound().await;
    // The same again goes on, now with a moment.
    input["from"] = json!("2026-01-20T00:00:00Z");
    let moved = two.reassign(input).await;
    assert_eq!(told(&moved), ["new REVERSED 10.00>- -", "new EARNED ->10.00 -"]);
    assert_eq!(
        two.shop.ledger(&two.ann).await,
        ["EVENT ACCRUED 20.00", "EVENT REVERSED 10.00"]
    );
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn recorded_refunds_are_applied_to_the_new_rows_in_order(app: TestApp) {
    let two = Two::new(
        &app,
        json!([{ "basis": "PERCENT", "value": "20" }, { "basis": "FIXED", "value": "3" }]),
    )
    .await;
    two.shop.record(two.charge("part", "100")).await;
    two.shop.record(two.charge("whole", "50")).await;
    two.shop.record(refund("r1", "part", Some("30"))).await;
    two.shop.record(refund("r2", "whole", Some("20"))).await;
    two.shop.record(refund("r3", "whole", Some("30"))).await;
    let moved = two.reassign(two.to_bob().await).await;
    assert_eq!(
        told(&moved),
        [
            "part REVERSED 20.00>- -",
            "part REVERSED 3.00>- -",
            "part EARNED ->20.00 -",
            "part EARNED ->3.00 -",
            "part EARNED ->-6.00 -6.00",
            "whole REVERSED 10.00>- -",
            "whole EARNED ->10.00 -",
            "whole EARNED ->3.00 -",
            "whole EARNED ->-4.00 -4.00",
            "whole EARNED ->-6.00 -6.00",
        ]
    );
    assert_eq!(
        two.shop.ledger(&two.bob).await,
        [
            "EVENT ACCRUED 20.00",
            "EVENT ACCRUED 3.00",
            "CLAWBACK ACCRUED -6.00",
            "EVENT ACCRUED 10.00",
            "EVENT REVERSED 3.00",
            "CLAWBACK ACCRUED -4.00",
            "CLAWBACK ACCRUED -6.00",
        ]
    );
    for external_id in ["part", "whole"] {
        let event = two.event(external_id).await;
        for refund in event["refunds"].as_array().unwrap() {
            assert_eq!(refund["attribution"]["partner"]["id"], two.bob);
        }
    }
    assert_eq!(two.shop.lifetime_value(&two.bob).await, ["70.00 EUR"]);
    assert_eq!(two.shop.balances(&two.ann).await[0].split(' ').nth(1), Some("0.00"));
    two.assert_sound().await;
    // A later refund takes from the new rows only.
    two.shop.record(refund("r4", "part", Some("70"))).await;
    assert_eq!(two.shop.balances(&two.bob).await, ["EUR 0.00 0.00 0.00 6.00 0.00"]);
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn events_that_named_another_partner_stay_with_it(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let cleo = two.shop.partner("cleo").await;
    two.shop.record(two.charge("hers", "100")).await;
    let named = merged(
        charge("named", &cleo, &two.campaign, "10"),
        json!({ "customerExternalId": "cust" }),
    );
    two.shop.record(named).await;
    let rows = two.shop.rows(&cleo).await;
    let moved = two.reassign(two.to_bob().await).await;
    assert_eq!(told(&moved), ["hers REVERSED 20.00>- -", "hers EARNED ->20.00 -"]);
    assert_eq!(two.shop.rows(&cleo).await, rows);
    // It can be moved by itself.
    let moved = two.attribute("named", json!({ "campaignId": two.campaign })).await;
    assert_eq!(told(&moved), ["named REVERSED 2.00>- -", "named EARNED ->2.00 -"]);
    assert_eq!(moved["event"]["attribution"]["partner"]["id"], two.bob);
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn moved_events_count_for_the_first_in_the_order_of_recording(app: TestApp) {
    let terms = json!([{ "basis": "FIXED", "value": "7", "trigger": "FIRST", "eventType": "paid" }]);
    let two = Two::new(&app, terms).await;
    let typed = |id: &str, partner: &str| {
        let more = json!({ "customerExternalId": "cust", "type": "paid" });
        merged(charge(id, partner, &two.campaign, "100"), more)
    };
    two.shop.record(typed("a1", &two.ann)).await;
    two.shop.record(typed("b1", &two.bob)).await;
    two.shop.record(typed("a2", &two.ann)).await;
    let bobs = two.shop.rows(&two.bob).await;
    assert_eq!(two.shop.ledger(&two.bob).await, ["EVENT ACCRUED 7.00"]);
    let moved = two.reassign(two.to_bob().await).await;
    // a1 was recorded before b1, which had been the first: that one's row stays. a2 is no first.
    assert_eq!(
        told(&moved),
        ["a1 REVERSED 7.00>- -", "a1 EARNED ->7.00 -", "a2 NOTHING ->- -"]
    );
    assert_eq!(two.shop.rows(&two.bob).await[0], bobs[0]);
    assert_eq!(two.event("a2").await["decision"]["reason"], "NOT_FIRST");
    // For whom they were moved away from they count no longer.
    let back = two.shop.record(typed("a3", &two.ann)).await;
    assert_eq!(back["commissions"][0]["amount"]["amount"], "7.00");
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn nobody_earns_nothing_and_the_customer_is_bound_again_by_its_next_event(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop.record(two.charge("sale", "100")).await;
    two.shop.record(refund("r", "sale", Some("10"))).await;
    let input = json!({ "customerId": two.customer().await["id"], "from": "2000-01-01T00:00:00Z", "reason": "fraud" });
    let moved = two.reassign(input).await;
    assert_eq!(told(&moved), ["sale REVERSED 20.00>- -"]);
    let unbound = json!({ "id": moved["customer"]["id"], "partner": null, "campaign": null });
    assert_eq!(moved["customer"], unbound);
    let event = two.event("sale").await;
    assert_eq!(event["attribution"], json!(null));
    assert_eq!(event["decision"]["reason"], "UNATTRIBUTED");
    assert_eq!(two.shop.lifetime_value(&two.ann).await, ["0.00 EUR"]);
    two.assert_sound().await;
    // A single event binds whom nobody is bound to, and events of nobody are moved with a customer.
    let moved = two.attribute("sale", json!({})).await;
    assert_eq!(told(&moved), ["sale NOTHING ->- -"]);
    assert_eq!(moved["customer"]["partner"]["id"], two.bob);
    assert_eq!(two.event("sale").await["decision"]["reason"], "NO_TERMS");
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn what_cannot_be_moved_is_said(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop.record(two.charge("sale", "100")).await;
    two.shop.record(refund("r", "sale", Some("10"))).await;
    let before = app.rows().await;
    let staff = two.shop.staff();
    let unknown = crate::support::programme::unknown;
    let input = two.to_bob().await;
    let wrong = [
        (
            json!({ "customerId": unknown(input["customerId"].as_str().unwrap()) }),
            "NOT_FOUND customerId",
        ),
        (json!({ "partnerId": unknown(&two.bob) }), "NOT_FOUND partnerId"),
        (json!({ "campaignId": unknown(&two.campaign) }), "NOT_FOUND campaignId"),
        (json!({ "partnerId": null }), "REQUIRED partnerId"),
        (json!({ "reason": " " }), "REQUIRED reason"),
    ];
    for (change, expected) in wrong {
        let problems = staff
            .problems("reassignCustomer", merged(input.clone(), change), "customer")
            .await;
        assert_eq!(problems, [expected]);
    }
    let refund = json!({ "eventId": two.event("r").await["id"], "partnerId": two.bob, "reason": "x" });
    assert_eq!(
        staff.problems("attributeEvent", refund, "event").await,
        ["INVALID eventId"]
    );
    let same = json!({ "eventId": two.event("sale").await["id"], "partnerId": two.ann, "campaignId": two.campaign, "reason": "x" });
    assert_eq!(
        staff.problems("attributeEvent", same, "event").await,
        ["CONFLICT eventId"]
    );
    assert_eq!(app.rows().await, before);
}
