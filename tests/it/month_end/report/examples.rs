//! Reports reckoned by hand.

use serde_json::{Value, json};

use super::{rows, told};
use crate::ledger::{Shop, charge, euros, merged};
use crate::support::both_databases;

#[apply(both_databases)]
async fn commissions_are_summed_by_any_of_what_they_have_in_common(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ten, twenty) = (shop.percent("10").await, shop.percent("20").await);
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    // March, in Berlin.
    let first = shop.sale("1", &ann, &ten, "100").await;
    shop.sale("2", &ben, &ten, "300").await;
    shop.sale("3", &ann, &twenty, "50").await;
    let dollars = json!({ "amount": { "amount": "7", "currency": "USD" } });
    shop.record(merged(charge("4", &ann, &ten, "1"), dollars)).await;
    // 31 March 21:59:59.999999 in UTC is still March, a microsecond later is April.
    let just_before: tributary::domain::Timestamp = "2026-03-31T21:59:59.999999Z".parse().unwrap();
    app.clock.advance((just_before - app.clock.now()).to_std().unwrap());
    shop.sale("5", &ann, &ten, "30").await;
    app.clock.advance(std::time::Duration::from_micros(1));
    let input = json!({ "partnerId": ann, "amount": euros("-10.00"), "reason": "agreed" });
    shop.make("createManualCommission", "commission", input).await;
    assert_eq!(shop.reverse(&[&first]).await, [""]);

    let staff = shop.staff();
    let asked = async |arguments: Value| {
        let range = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-05-01T00:00:00Z" });
        rows(&staff, merged(range, arguments)).await
    };
    // All rows count, reversed ones, too.
    assert_eq!(told(&asked(json!({})).await), ["5 43.00 EUR", "1 0.70 USD"]);
    // The largest of either sign first; of equal ones by what they have in common.
    assert_eq!(
        told(&asked(json!({ "groupBy": ["KIND"] })).await),
        ["EVENT 4 53.00 EUR", "MANUAL 1 -10.00 EUR", "EVENT 1 0.70 USD"]
    );
    assert_eq!(
        told(&asked(json!({ "groupBy": ["STATUS"] })).await),
        ["ACCRUED 4 33.00 EUR", "REVERSED 1 10.00 EUR", "ACCRUED 1 0.70 USD"]
    );
    assert_eq!(
        told(&asked(json!({ "groupBy": ["STATUS", "KIND"] })).await),
        [
            "EVENT ACCRUED 3 43.00 EUR",
            "EVENT REVERSED 1 10.00 EUR",
            "MANUAL ACCRUED 1 -10.00 EUR",
            "EVENT ACCRUED 1 0.70 USD"
        ]
    );
    // The month's first moment in Berlin; only the first interval is cut by the range, and begins before it.
    let months = json!({ "interval": "MONTH", "from": "2026-03-01T11:00:00Z" });
    assert_eq!(
        told(&asked(months).await),
        [
            "2026-02-28 4 53.00 EUR",
            "2026-03-31T22:00:00Z 1 -10.00 EUR",
            "2026-02-28 1 0.70 USD"
        ]
    );
    let of_ten = asked(json!({ "groupBy": ["CAMPAIGN", "PARTNER"], "filter": { "currency": "EUR" } })).await;
    let named: Vec<_> = of_ten
        .iter()
        .map(|row| (row["partner"]["id"].as_str(), row["campaign"]["id"].as_str()))
        .collect();
    // Three of 10.00: in their order the row without a campaign comes first.
    let (ann, ben, ten, twenty) = (
        Some(ann.as_str()),
        Some(ben.as_str()),
        Some(ten.as_str()),
        Some(twenty.as_str()),
    );
    assert_eq!(named, [(ben, ten), (ann, ten), (ann, None), (ann, twenty)]);
    assert_eq!(
        told(&of_ten),
        ["1 30.00 EUR", "2 13.00 EUR", "1 -10.00 EUR", "1 10.00 EUR"]
    );
    // The filter is that of the list.
    let filter = json!({ "filter": { "partnerId": ann.unwrap(), "status": ["ACCRUED"], "kind": ["EVENT"] } });
    assert_eq!(told(&asked(filter).await), ["2 13.00 EUR", "1 0.70 USD"]);
    assert_eq!(told(&asked(json!({ "filter": { "status": [] } })).await), [""; 0]);
}

#[apply(both_databases)]
async fn what_accrued_in_a_month_that_is_over_does_not_change(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    let mut sold = Vec::new();
    for (number, amount) in ["100", "200", "300"].iter().enumerate() {
        sold.push(shop.sale(&number.to_string(), &ann, &campaign, amount).await);
    }
    shop.days_later(31);
    let march = json!({ "groupBy": ["PARTNER", "CAMPAIGN", "KIND"], "interval": "WEEK", "from": "2026-02-28T23:00:00Z", "to": "2026-03-31T22:00:00Z" });
    let before = rows(&shop.staff(), march.clone()).await;
    shop.approve(&[&sold[0]]).await;
    assert_eq!(shop.reverse(&[&sold[1]]).await, [""]);
    shop.pay().await;
    shop.refund("r", "0", None).await;
    shop.days_later(31);
    shop.sale("new", &ann, &campaign, "50").await;
    assert_eq!(rows(&shop.staff(), march).await, before);
}
