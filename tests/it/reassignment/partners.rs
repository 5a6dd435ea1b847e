//! What partners see of a move.

use serde_json::json;

use super::{Two, selection};
use crate::support::both_databases;

#[apply(both_databases)]
async fn each_partner_sees_its_own_side_only(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    two.shop.record(two.charge("sale", "100")).await;
    let paid = two.shop.record(two.charge("paid", "10")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    two.reassign(two.to_bob().await).await;
    let document = "{ viewer { partner { id } } commissions { nodes { status amount { amount } event { externalId decision { reason components { amount { amount } } } }
            explanation { detail } transitions { reason } } } events { nodes { externalId decision { earned reason } } } }";
    let ann = app.partner(&two.shop.tenant, &two.ann).data(document).await;
    let rows = ann["commissions"]["nodes"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    // Its events are another's now: what they are called stays with the rows that they earned.
    for (row, event) in rows.iter().zip(["paid", "sale"]) {
        assert_eq!(row["event"], json!({ "externalId": event, "decision": null }));
    }
    assert_eq!(ann["events"]["nodes"], json!([]));
    let bob = app.partner(&two.shop.tenant, &two.bob).data(document).await;
    let rows = bob["commissions"]["nodes"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["event"]["externalId"], "sale");
    assert!(!rows[0]["explanation"].to_string().contains("ann"), "{rows:?}");
    let decided = json!([
        { "externalId": "paid", "decision": { "earned": false, "reason": "ALREADY_PAID" } },
        { "externalId": "sale", "decision": { "earned": true, "reason": null } },
    ]);
    assert_eq!(bob["events"]["nodes"], decided);
    // What it earned for somebody else is not to be seen: the older decision is not the one that counts.
    let totals =
        "{ eventDecisionTotals(from: \"2000-01-01T00:00:00Z\", to: \"2100-01-01T00:00:00Z\") { reason count } }";
    let of_ann = app.partner(&two.shop.tenant, &two.ann).data(totals).await;
    assert_eq!(of_ann["eventDecisionTotals"], json!([]));
    for client in [
        app.partner(&two.shop.tenant, &two.ann),
        app.staff(&two.shop.tenant, "events:read commissions:read"),
    ] {
        for field in ["reassignCustomer", "previewReassignCustomer"] {
            let refused = client.try_mutate(field, two.to_bob().await, &selection()).await;
            assert_eq!(refused.codes(), ["FORBIDDEN"]);
        }
    }
    let writer = app.staff(&two.shop.tenant, "events:write");
    assert_eq!(
        writer
            .try_mutate("reassignCustomer", two.to_bob().await, "customer { id }")
            .await
            .codes(),
        ["FORBIDDEN"]
    );
}
