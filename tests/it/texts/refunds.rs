//! What was taken back, and what staff entered.

use serde_json::json;

use super::Texts;
use crate::ledger::{Shop, charge, euros, merged, refund, text};
use crate::support::both_databases;
use crate::tier_ledger::{acts, goal};

#[apply(both_databases)]
async fn what_goes_back_is_explained_as_reviewed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let campaign = shop
        .campaign(
            json!([{ "basis": "PERCENT", "value": "20" }, { "basis": "FIXED", "value": "7", "eventType": "both" }]),
        )
        .await;
    shop.record(charge("parts", &ann, &campaign, "100")).await;
    shop.refund("parts 1", "parts", Some("30")).await;
    shop.refund("parts 2", "parts", Some("70")).await;
    shop.record(charge("whole", &ann, &campaign, "50")).await;
    shop.refund("whole 1", "whole", None).await;
    let paid = shop
        .record(merged(charge("paid", &ann, &campaign, "60"), json!({ "type": "both" })))
        .await;
    let rows: Vec<_> = paid["commissions"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| text(&row["id"]))
        .collect();
    shop.approve(&rows.iter().map(String::as_str).collect::<Vec<_>>()).await;
    shop.pay().await;
    shop.record(merged(refund("paid 1", "paid", None), json!({ "kind": "CHARGEBACK" })))
        .await;
    // A tier adjusts what was refunded in part, and a row is reversed whose adjustment was paid.
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "eventType": "tiered", "goals": goal("CONVERSION", "2"),
        "retroactivePayout": acts("FLAT_INCREASE", "5"),
    });
    shop.make("createTieredCommission", "tieredCommission", tier).await;
    let tiered = json!({ "type": "tiered" });
    shop.record(merged(charge("t1", &ann, &campaign, "10"), tiered.clone()))
        .await;
    shop.refund("t1 half", "t1", Some("5")).await;
    shop.record(merged(charge("t2", &ann, &campaign, "10"), tiered)).await;
    let rows = shop.rows(&ann).await;
    let mut adjustments = rows
        .iter()
        .filter(|row| row["kind"] == "TIER_ADJUSTMENT" && row["status"] == "ACCRUED");
    let adjustment = adjustments.next_back().expect("an adjustment");
    // More than what was clawed back, so that it is paid.
    let big = shop.sale("big", &ann, &campaign, "1000").await;
    shop.approve(&[adjustment["id"].as_str().expect("an id"), &big]).await;
    shop.pay().await;
    shop.reverse(&[adjustment["adjusts"]["id"].as_str().expect("a row")])
        .await;
    let manual = json!({ "partnerId": ann, "amount": euros("-2.5"), "reason": "too much was paid" });
    shop.make("createManualCommission", "commission", manual).await;
    let mut texts = Texts::default();
    texts.of(&shop, &ann).await;
    texts.are_as_reviewed("refunds.txt");
}
