//! A report page by page, from either end.

use serde_json::{Value, json};

use super::{REPORT, ROW, rows};
use crate::ledger::{Shop, charge, merged};
use crate::support::both_databases;

#[apply(both_databases)]
async fn pages_in_either_direction_are_the_report(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaigns = [shop.percent("10").await, shop.percent("20").await];
    // Many of the same size, of either sign, in two currencies, some without a campaign.
    for name in ["ann", "ben", "cem"] {
        let partner = shop.partner(name).await;
        for (number, campaign) in campaigns.iter().enumerate() {
            for currency in ["EUR", "JPY"] {
                let amount = json!({ "amount": { "amount": "100", "currency": currency } });
                shop.record(merged(
                    charge(&format!("{name}{number}{currency}"), &partner, campaign, "1"),
                    amount,
                ))
                .await;
            }
        }
        let amount = json!({ "amount": "-10.00", "currency": "EUR" });
        let input = json!({ "partnerId": partner, "amount": amount, "reason": "agreed" });
        shop.make("createManualCommission", "commission", input).await;
    }
    shop.days_later(1);
    let staff = shop.staff();
    let asked = json!({ "groupBy": ["STATUS", "CAMPAIGN", "PARTNER", "KIND", "LINK", "PARTNER"], "interval": "DAY",
        "from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z" });
    let whole = rows(&staff, asked.clone()).await;
    assert_eq!(whole.len(), 15);
    let document = format!(
        "{REPORT} {{ totalCount edges {{ cursor node {{ {ROW} }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    for size in [1, 4, 15] {
        for is_backward in [false, true] {
            let (mut all, mut cursor) = (Vec::new(), Value::Null);
            loop {
                let page = match is_backward {
                    false => json!({ "first": size, "after": cursor }),
                    true => json!({ "last": size, "before": cursor }),
                };
                let page = staff.data_with(&document, merged(asked.clone(), page)).await["commissionReport"].clone();
                let nodes: Vec<_> = page["edges"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|edge| edge["node"].clone())
                    .collect();
                let (more, end) = match is_backward {
                    false => (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["endCursor"]),
                    true => (&page["pageInfo"]["hasPreviousPage"], &page["pageInfo"]["startCursor"]),
                };
                all = match is_backward {
                    false => [all, nodes].concat(),
                    true => [nodes, all].concat(),
                };
                assert_eq!(page["totalCount"], 15);
                if *more == json!(false) {
                    break;
                }
                cursor = end.clone();
            }
            assert_eq!(all, whole, "{size} at a time, backward: {is_backward}");
        }
    }
}
