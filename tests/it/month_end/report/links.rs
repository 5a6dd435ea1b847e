//! What links brought: commissions by the link of the attribution that they were made for.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tributary::import::moving_in::FileKind;

use super::{BASES, REPORT, rows};
use crate::ledger::{decimal, euros, merged, refund, text};
use crate::moving_in::House;
use crate::support::both_databases;

/// A charge of 100.00 of nobody in particular.
fn sale(id: &str, more: Value) -> Value {
    let charge =
        json!({ "externalId": id, "kind": "CHARGE", "amount": euros("100"), "occurredAt": "2026-03-01T10:00:00Z" });
    merged(charge, more)
}

fn followed(key: &str) -> Value {
    json!({ "touches": [{ "linkKey": key, "occurredAt": "2026-03-01T09:00:00Z" }] })
}

/// Sales by two links of ann and one of bob, by a coupon and by name; a refund, a row by hand, one that is reversed, one
/// that was earned elsewhere, one that is paid and comes back. The ids of ann and of the links.
async fn ledger(house: &House<'_>) -> (String, [String; 3]) {
    let shop = &house.shop;
    let (ann, bob) = (
        shop.partner_with("ann", json!({ "externalId": "ann" })).await,
        shop.partner("bob").await,
    );
    let terms = json!([{ "basis": "PERCENT", "value": "10" }]);
    let offer = json!({ "terms": terms, "destinationUrl": "https://shop.example/" });
    let offer = shop.campaign_with(offer).await;
    let link = async |partner: &str, key: &str| {
        let input = json!({ "partnerId": partner, "campaignId": offer, "key": key });
        shop.make("createLink", "link", input).await
    };
    let links = [link(&ann, "a").await, link(&ann, "b").await, link(&bob, "c").await];
    let coupon = json!({ "partnerId": ann, "campaignId": offer, "code": "ANN" });
    shop.make("createCoupon", "coupon", coupon).await;
    let mut made = Vec::new();
    for (id, more) in [
        ("a1", followed("a")),
        ("a2", followed("a")),
        ("b1", followed("b")),
        ("c1", followed("c")),
        ("coupon", json!({ "couponCode": "ANN" })),
        ("named", json!({ "partnerId": bob, "campaignId": offer })),
    ] {
        let recorded = shop.record(sale(id, more)).await;
        made.push(text(&recorded["commissions"][0]["id"]));
    }
    shop.record(refund("r", "a1", Some("40"))).await;
    let by_hand = json!({ "partnerId": ann, "amount": euros("-3"), "reason": "agreed" });
    shop.make("createManualCommission", "commission", by_hand).await;
    house
        .moved(
            FileKind::Commissions,
            "externalId,amount,currency,status,partnerExternalId\nk1,7.00,EUR,ACCRUED,ann\n",
        )
        .await;
    assert_eq!(shop.reverse(&[&made[2]]).await, [""]);
    shop.days_later(1);
    shop.approve(&[&made[1], &made[3]]).await;
    for payout in shop.pay().await {
        shop.settle(&payout, "RETURNED").await;
    }
    shop.days_later(1);
    (ann, links)
}

/// Counts and sums of rows by what `name` says of them.
fn summed(rows: &[Value], name: impl Fn(&Value) -> Value) -> BTreeMap<String, (i64, Decimal)> {
    let mut sums = BTreeMap::<_, (i64, Decimal)>::new();
    for row in rows {
        let sum = sums.entry(name(row).to_string()).or_default();
        sum.0 += row["count"].as_i64().unwrap();
        sum.1 += decimal(&row["amount"]["amount"]);
    }
    sums
}

#[apply(both_databases)]
async fn links_divide_a_report_and_leave_its_sums(app: TestApp) {
    let house = House::new(&app).await;
    let (_, links) = ledger(&house).await;
    let staff = house.shop.staff();
    let range = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z" });
    for basis in BASES {
        for interval in [Value::Null, json!("DAY")] {
            let asked = merged(range.clone(), json!({ "basis": basis, "interval": interval }));
            let by_link = rows(&staff, merged(asked.clone(), json!({ "groupBy": ["LINK", "KIND"] }))).await;
            let whole = rows(&staff, merged(asked, json!({ "groupBy": ["KIND"] }))).await;
            let key = |row: &Value| json!([row["start"], row["kind"]]);
            assert_eq!(summed(&by_link, key), summed(&whole, key), "{basis} {interval}");
        }
    }
    let by_link = rows(&staff, merged(range, json!({ "groupBy": ["LINK"] }))).await;
    let of = |id: Value| {
        let row = by_link.iter().find(|row| row["link"]["id"] == id).expect("a row");
        (row["count"].as_i64().unwrap(), text(&row["amount"]["amount"]))
    };
    // Two sales less the refund; the reversed one counts in a report; bob's; and what no link brought: by coupon and
    // by name, by hand, from elsewhere, and what came back.
    assert_eq!(of(json!(links[0])), (3, "16.00".to_owned()));
    assert_eq!(of(json!(links[1])), (1, "10.00".to_owned()));
    assert_eq!(of(json!(links[2])), (1, "10.00".to_owned()));
    assert_eq!(by_link.len(), 4);
    assert!(by_link.iter().any(|row| row["link"].is_null()));
}

#[apply(both_databases)]
async fn a_partner_sees_its_own_links_in_a_report(app: TestApp) {
    let house = House::new(&app).await;
    let (ann, links) = ledger(&house).await;
    let range = json!({ "groupBy": ["LINK"], "from": "2026-03-01T00:00:00Z", "to": "2026-03-09T00:00:00Z" });
    let partner = app.partner(&house.shop.tenant, &ann);
    let seen = rows(&partner, range.clone()).await;
    let mut shown: Vec<_> = seen.iter().filter_map(|row| row["link"]["id"].as_str()).collect();
    shown.sort_unstable();
    let mut own = [&*links[0], &*links[1]];
    own.sort_unstable();
    assert_eq!(shown, own);
    // Its id and key go with the row; the rest of a link needs its scope.
    let variables = merged(range, json!({ "basis": "ACCRUED" }));
    let document = |fields: &str| format!("{REPORT} {{ nodes {{ link {{ {fields} }} }} }} }}");
    let narrow = app.partner_with(&house.shop.tenant, &ann, "commissions:read");
    narrow.data_with(&document("id key"), variables.clone()).await;
    let refused = narrow.ask_with(&document("destinationUrl"), variables.clone()).await;
    assert_eq!(refused.codes()[0], "FORBIDDEN");
    // One statement for the rows, one for all their links with the partners of these.
    app.reset_statements();
    house
        .shop
        .staff()
        .data_with(&document("key partner { name } campaign { name }"), variables)
        .await;
    assert_eq!(app.statements().len(), 2, "{:#?}", app.statements());
}
