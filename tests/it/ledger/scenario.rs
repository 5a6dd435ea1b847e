//! A longer story, sound after every step.

use serde_json::json;
use tributary::service::ledger::review::approve_matured;

use super::{Shop, charge, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn balances_are_the_sums_of_the_rows_after_every_step(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([{ "basis": "PERCENT", "value": "33.333333" }, { "basis": "FIXED", "value": "1" }]);
    let campaign = shop.campaign_with(json!({ "terms": terms, "holdbackDays": 2 })).await;
    let partner = shop.partner("ann").await;
    let mut open = Vec::new();
    for step in 0..24 {
        let sale = format!("sale {step}");
        shop.record(charge(&sale, &partner, &campaign, &format!("{}.{step:02}", 10 + step)))
            .await;
        shop.assert_sound(&partner).await;
        match step % 6 {
            0 => drop(shop.refund(&format!("r {step}"), &sale, Some("3.33")).await),
            1 => drop(approve_matured(&app.app, 3).await.unwrap()),
            2 => open.extend(shop.run(json!({})).await),
            3 => {
                let original = format!("sale {}", step - 2);
                shop.refund(&format!("r {step}"), &original, None).await;
            }
            4 => {
                let rows = shop.rows(&partner).await;
                let ids: Vec<_> = rows.iter().rev().take(3).map(|row| text(&row["id"])).collect();
                let ids: Vec<_> = ids.iter().map(String::as_str).collect();
                shop.reverse(&ids).await;
            }
            _ => {
                for (index, payout) in open.drain(..).enumerate() {
                    shop.settle(&payout, ["PAID", "FAILED", "CANCELED"][(step / 6 + 2 + index) % 3])
                        .await;
                    shop.assert_sound(&partner).await;
                }
            }
        }
        shop.assert_sound(&partner).await;
        shop.days_later(1);
    }
    let statuses: std::collections::BTreeSet<_> = shop
        .rows(&partner)
        .await
        .iter()
        .map(|row| text(&row["status"]))
        .collect();
    assert_eq!(statuses.len(), 4, "the story reaches every status");
}
