//! A statement page by page, from either end.

use serde_json::{Value, json};

use super::statement;
use crate::ledger::{Shop, text};
use crate::support::{Client, both_databases};

const PAGE: &str = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    statement(partnerId: $id, currency: \"EUR\", from: \"2026-03-01T00:00:00Z\", to: \"2026-03-04T00:00:00Z\") {
      movements(first: $first, after: $after, last: $last, before: $before) { totalCount
        edges { cursor node { at kind amount { amount currency } balance { amount } commission { id } payout { id } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

/// All entries, so many at a time, from the start or from the end.
async fn walked(client: &Client, partner: &str, size: usize, is_backward: bool) -> Vec<Value> {
    let (mut entries, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let variables = match is_backward {
            false => json!({ "id": partner, "first": size, "after": cursor }),
            true => json!({ "id": partner, "last": size, "before": cursor }),
        };
        let page = client.data_with(PAGE, variables).await["statement"]["movements"].clone();
        let edges = page["edges"].as_array().expect("edges").clone();
        assert!(edges.len() <= size);
        let (has_more, end) = match is_backward {
            false => (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["endCursor"]),
            true => (&page["pageInfo"]["hasPreviousPage"], &page["pageInfo"]["startCursor"]),
        };
        match is_backward {
            false => entries.extend(edges),
            true => entries = [edges, entries].concat(),
        }
        assert_eq!(page["totalCount"], 13);
        if *has_more == json!(false) {
            return entries;
        }
        cursor = end.clone();
    }
}

#[apply(both_databases)]
async fn pages_in_either_direction_are_the_statement(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    let mut rows = Vec::new();
    // Five rows at one moment, of which two are reversed and three paid at once: many movements share their time.
    for number in 1..=5 {
        rows.push(
            shop.sale(&number.to_string(), &ann, &campaign, &(number * 10).to_string())
                .await,
        );
    }
    let ids: Vec<_> = rows.iter().map(String::as_str).collect();
    shop.approve(&ids[2..]).await;
    shop.reverse(&ids[..2]).await;
    shop.pay().await;
    shop.days_later(1);
    shop.sale("6", &ann, &campaign, "60").await;
    shop.refund("r", "6", Some("1")).await;
    shop.sale("7", &ann, &campaign, "70").await;
    shop.days_later(3);

    let staff = shop.staff();
    let whole = statement(&staff, &ann, "2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z").await;
    let whole = whole["movements"]["nodes"].as_array().unwrap();
    assert_eq!(whole.len(), 13);
    let kinds: Vec<_> = whole.iter().map(|movement| text(&movement["kind"])).collect();
    assert_eq!(
        kinds[..10],
        [
            "ACCRUED", "ACCRUED", "ACCRUED", "ACCRUED", "ACCRUED", "REVERSED", "REVERSED", "PAID", "PAID", "PAID"
        ]
    );
    for size in [1, 2, 5, 13, 500] {
        for is_backward in [false, true] {
            let entries = walked(&staff, &ann, size, is_backward).await;
            let nodes: Vec<_> = entries.iter().map(|edge| edge["node"].clone()).collect();
            assert_eq!(nodes, *whole, "{size} at a time, backward: {is_backward}");
        }
    }
    // Between two places.
    let entries = walked(&staff, &ann, 500, false).await;
    let variables = json!({ "id": ann, "first": 500, "after": entries[3]["cursor"], "before": entries[8]["cursor"] });
    let page = staff.data_with(PAGE, variables.clone()).await;
    let between = page["statement"]["movements"]["edges"].as_array().unwrap();
    assert_eq!(between[..], entries[4..8]);
    let variables = json!({ "id": ann, "last": 2, "after": entries[3]["cursor"], "before": entries[8]["cursor"] });
    let page = staff.data_with(PAGE, variables).await;
    assert_eq!(
        page["statement"]["movements"]["edges"].as_array().unwrap()[..],
        entries[6..8]
    );
    // Nothing at all.
    let variables = json!({ "id": ann, "first": 0 });
    assert_eq!(
        staff.data_with(PAGE, variables).await["statement"]["movements"]["edges"],
        json!([])
    );
}
