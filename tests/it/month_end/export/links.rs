//! Links, touches, and reports by links as files.

use serde_json::{Value, json};

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

#[apply(both_databases)]
async fn a_partner_gets_its_links_and_touches_without_visitors(app: TestApp) {
    let shop = Shop::new(&app).await;
    let [ann, link] = brought(&shop).await;
    let touch =
        json!({ "externalId": "t", "visitorId": "visitor-1", "customerExternalId": Value::Null, "linkKey": "a" });
    let document = "mutation($input: [RecordTouchInput!]!) { recordTouches(input: $input) { userErrors { code } } }";
    shop.staff().data_with(document, json!({ "input": [touch] })).await;
    let links = rows_of_csv(&file(&shop.staff(), "/export/links?keys=a").await);
    assert_eq!(
        (
            links.len(),
            &links[0]["id"],
            &links[0]["externalId"],
            &links[0]["partnerName"]
        ),
        (1, &json!(link), &json!("spring"), &json!("ann"))
    );
    assert_eq!(rows_of_csv(&file(&shop.staff(), "/export/links?keys=b").await).len(), 0);
    let seen = |rows: Vec<serde_json::Map<String, Value>>| {
        assert_eq!(rows.len(), 1, "{rows:?}");
        ["kind", "linkKey", "visitorId", "externalId"].map(|name| rows[0][name].clone())
    };
    let path = "/export/touches?kind=CLICK";
    let whole = [json!("CLICK"), json!("a"), json!("visitor-1"), json!("t")];
    assert_eq!(seen(rows_of_csv(&file(&shop.staff(), path).await)), whole);
    let partner = app.partner(&shop.tenant, &ann);
    let own = [json!("CLICK"), json!("a"), Value::Null, Value::Null];
    assert_eq!(seen(rows_of_csv(&file(&partner, path).await)), own);
    let bob = app.partner(&shop.tenant, &shop.partner("bob").await);
    assert_eq!(rows_of_csv(&file(&bob, "/export/touches").await).len(), 0);
    assert_eq!(rows_of_csv(&file(&bob, "/export/links").await).len(), 0);
}
