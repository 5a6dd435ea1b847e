//! What rows say that were made before a move: they name what they were made for, for ever.

use serde_json::{Value, json};

use super::Two;
use crate::ledger::{refund, text};
use crate::support::{Client, both_databases};

const ROWS: &str = "query($id: ID) { commissions(filter: { partnerId: $id }, last: 20) { nodes { kind status
    event { id externalId attribution { id } decision { reason } refunds { externalId } refundedAmount { amount } }
    attribution { id partner { id } campaign { id } event { externalId } } } } }";

async fn rows(client: &Client, partner: &str) -> Vec<Value> {
    let found = client.data_with(ROWS, json!({ "id": partner })).await;
    found["commissions"]["nodes"].as_array().expect("rows").clone()
}

#[apply(both_databases)]
async fn a_row_names_the_attribution_that_it_was_made_for_after_the_event_was_moved(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop.record(two.charge("one", "100")).await;
    two.shop.record(refund("r", "one", Some("30"))).await;
    let ids = async |id: &str| text(&two.event(id).await["attribution"]["id"]);
    let (former, of_refund) = (ids("one").await, ids("r").await);
    two.reassign(two.to_bob().await).await;
    let now = ids("one").await;
    assert_ne!(former, now);
    let ann = app.partner(&two.shop.tenant, &two.ann);
    for (who, client) in [("staff", &two.shop.staff()), ("the former partner", &ann)] {
        let found = rows(client, &two.ann).await;
        assert_eq!(found.len(), 2, "{who}");
        for row in &found {
            let (event, attribution) = match text(&row["kind"]).as_str() {
                "EVENT" => ("one", &former),
                _ => ("r", &of_refund),
            };
            assert_eq!(row["status"], "REVERSED", "{who}: {row}");
            assert_eq!(row["event"]["externalId"], event, "{who}: {row}");
            assert_eq!(
                row["attribution"],
                json!({
                    "id": attribution, "partner": { "id": two.ann }, "campaign": { "id": two.campaign }, "event": { "externalId": event },
                }),
                "{who}"
            );
        }
    }
    // The former partner learns nothing of what became of the event.
    for row in rows(&ann, &two.ann).await {
        let event = &row["event"];
        let learned = ["attribution", "decision", "refunds", "refundedAmount"].map(|field| &event[field]);
        assert_eq!(learned, [&json!(null), &json!(null), &json!([]), &json!(null)]);
    }
    let document =
        "query($event: ID!, $former: ID!, $now: ID!) { events { totalCount nodes { id } } event(id: $event) { id }
            node(id: $event) { id } a: node(id: $former) { id } b: node(id: $now) { id } }";
    let ids = json!({ "event": two.event("one").await["id"], "former": former, "now": now });
    let seen = ann.data_with(document, ids.clone()).await;
    assert_eq!(
        seen,
        json!({ "events": { "totalCount": 0, "nodes": [] }, "event": null, "node": null, "a": { "id": former }, "b": null })
    );
    let bob = app.partner(&two.shop.tenant, &two.bob);
    let seen = bob.data_with(document, ids).await;
    assert_eq!(seen["events"]["totalCount"], 2);
    assert_eq!([&seen["a"], &seen["b"]["id"]], [&json!(null), &json!(now)]);
    for row in rows(&bob, &two.bob).await {
        assert_eq!(row["attribution"]["partner"]["id"], two.bob);
        assert_eq!(row["attribution"]["id"], row["event"]["attribution"]["id"]);
        assert!(row["event"]["refundedAmount"].is_object(), "{row}");
    }
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn a_refund_takes_back_for_the_attribution_of_the_row(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    let former = text(&paid["event"]["attribution"]["id"]);
    two.shop.approve(&[&text(&paid["commissions"][0]["id"])]).await;
    two.shop.pay().await;
    two.reassign(two.to_bob().await).await;
    two.shop.record(refund("r", "paid", Some("50"))).await;
    // The partner that was paid gives it back, though the refund is credited to the other one.
    let ann = app.partner(&two.shop.tenant, &two.ann);
    for client in [&two.shop.staff(), &ann] {
        let found = rows(client, &two.ann).await;
        let clawback = found.iter().find(|row| row["kind"] == "CLAWBACK").expect("a clawback");
        assert_eq!(clawback["event"]["externalId"], "r");
        assert_eq!(clawback["attribution"]["id"], json!(former));
        assert_eq!(clawback["attribution"]["event"]["externalId"], "paid");
    }
    two.assert_sound().await;
}

#[apply(both_databases)]
async fn the_rows_of_an_event_of_nobody_keep_theirs(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let recorded = two.shop.record(two.charge("one", "100")).await;
    let former = text(&recorded["event"]["attribution"]["id"]);
    let mut nobody = two.to_bob().await;
    nobody["partnerId"] = json!(null);
    nobody["campaignId"] = json!(null);
    two.reassign(nobody).await;
    assert_eq!(two.event("one").await["attribution"], json!(null));
    let ann = app.partner(&two.shop.tenant, &two.ann);
    for client in [&two.shop.staff(), &ann] {
        let found = rows(client, &two.ann).await;
        assert_eq!(found[0]["attribution"]["id"], json!(former));
        assert_eq!(found[0]["event"]["externalId"], "one");
    }
    two.assert_sound().await;
}
