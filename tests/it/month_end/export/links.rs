//! Reports by links as files.

use serde_json::json;

use super::{file, rows_of_csv};
use crate::ledger::{Shop, euros};
use crate::support::both_databases;

/// A sale that ann's link "a" brought, on 1 March; the id of ann and of the link.
async fn brought(shop: &Shop<'_>) -> [String; 2] {
    let ann = shop.partner("ann").await;
    let offer = json!({ "terms": [{ "basis": "PERCENT", "value": "10" }], "destinationUrl": "https://shop.example/" });
    let offer = shop.campaign_with(offer).await;
    let link = json!({ "partnerId": ann, "campaignId": offer, "key": "a", "externalId": "spring" });
    let link = shop.make("createLink", "link", link).await;
    let sale = json!({ "externalId": "1", "kind": "CHARGE", "amount": euros("100"), "touches": [{ "linkKey": "a" }] });
    shop.record(sale).await;
    shop.days_later(1);
    [ann, link]
}

#[apply(both_databases)]
async fn a_report_by_links_has_their_ids_and_keys(app: TestApp) {
    let shop = Shop::new(&app).await;
    let [_, link] = brought(&shop).await;
    let path = "/export/report?groupBy=LINK&from=2026-03-01T00:00:00Z&to=2026-03-09T00:00:00Z";
    let rows = rows_of_csv(&file(&shop.staff(), path).await);
    assert_eq!(rows.len(), 1);
    let cell = |name: &str| rows[0][name].clone();
    assert_eq!(
        (cell("linkId"), cell("linkKey"), cell("amount")),
        (json!(link), json!("a"), json!("10.00"))
    );
}
