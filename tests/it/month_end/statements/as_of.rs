//! Balances as they were.

use serde_json::json;

use crate::ledger::{Shop, euros, text};
use crate::support::both_databases;

async fn as_of(shop: &Shop<'_>, partner: &str, at: &str) -> Vec<String> {
    let document = "query($id: ID!, $at: DateTime!) {
        partner(id: $id) { balancesAsOf(at: $at) { currency accrued approved paid reversed payable } } }";
    let data = shop
        .staff()
        .data_with(document, json!({ "id": partner, "at": at }))
        .await;
    let balances = data["partner"]["balancesAsOf"].as_array().expect("balances").iter();
    let names = ["currency", "accrued", "approved", "paid", "reversed", "payable"];
    balances
        .map(|balance| names.map(|name| text(&balance[name])).join(" "))
        .collect()
}

#[apply(both_databases)]
async fn balances_of_every_day_are_told_afterwards_as_they_were_then(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    let mut days = Vec::new();
    let mut rows = Vec::new();
    for day in 0..8 {
        match day {
            0 => {
                rows.push(shop.sale("1", &ann, &campaign, "100").await);
                rows.push(shop.sale("2", &ann, &campaign, "300").await);
                rows.push(shop.sale("3", &ben, &campaign, "50").await);
            }
            1 => shop.approve(&[&rows[0], &rows[2]]).await,
            2 => drop(shop.run(json!({})).await),
            3 => {
                let pending = shop.staff().data("{ payouts { nodes { id partner { id } } } }").await;
                for payout in pending["payouts"]["nodes"].as_array().unwrap() {
                    let status = if payout["partner"]["id"] == json!(ann) {
                        "PAID"
                    } else {
                        "CANCELED"
                    };
                    shop.settle(payout, status).await;
                }
            }
            4 => drop(shop.refund("r", "1", Some("40")).await),
            5 => drop(shop.reverse(&[&rows[1]]).await),
            6 => {
                let dollars = json!({ "amount": "9", "currency": "USD" });
                let input = json!({ "partnerId": ann, "amount": dollars, "reason": "agreed" });
                shop.make("createManualCommission", "commission", input).await;
                let input = json!({ "partnerId": ben, "amount": euros("-1.00"), "reason": "agreed" });
                shop.make("createManualCommission", "commission", input).await;
            }
            _ => {}
        }
        let at = format!("2026-03-0{}T12:00:00.000001Z", day + 1);
        days.push((at, shop.balances(&ann).await, shop.balances(&ben).await));
        shop.days_later(1);
    }
    assert_eq!(
        days[2].1,
        ["EUR 30.00 10.00 0.00 0.00 0.00"],
        "what is reserved is not payable"
    );
    for (at, of_ann, of_ben) in &days {
        assert_eq!(
            (&as_of(&shop, &ann, at).await, &as_of(&shop, &ben, at).await),
            (of_ann, of_ben),
            "{at}"
        );
    }
    // What happens at a moment is not before it.
    assert_eq!(as_of(&shop, &ann, "2026-03-01T12:00:00Z").await, [""; 0]);
    assert_eq!(as_of(&shop, &ann, "2026-03-04T12:00:00Z").await, days[2].1);
}
