//! Lists, totals and series of commissions.

use serde_json::{Value, json};

use super::{Shop, charge, euros, merged, text};
use crate::support::both_databases;

async fn listed(shop: &Shop<'_>, arguments: Value) -> Value {
    let document = "query($first: Int, $after: String, $last: Int, $before: String, $filter: CommissionFilter, $orderBy: CommissionOrder) {
        commissions(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
            totalCount totals { status currency count amount } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            nodes { amount { amount } } } }";
    shop.staff().data_with(document, arguments).await["commissions"].clone()
}

fn found(list: &Value) -> Vec<String> {
    super::amounts(&list["nodes"])
}

async fn at(shop: &Shop<'_>, now: &str) {
    let now: tributary::domain::Timestamp = now.parse().unwrap();
    shop.app
        .clock
        .advance((now - shop.app.clock.now()).to_std().expect("forwards"));
}

/// Decimals beside a currency say the same as the amounts that take their place.
#[apply(both_databases)]
async fn sums_are_amounts_too(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let free = shop.percent("100").await;
    for (name, amount) in [("1", "3"), ("2", "4"), ("3", "5.5")] {
        let row = shop.sale(name, &ann, &free, amount).await;
        if name == "1" {
            shop.approve(&[&row]).await;
        }
    }
    shop.days_later(1);
    const SUMS: [&str; 5] = ["accrued", "approved", "paid", "reversed", "payable"];
    let sums = SUMS.map(|name| format!("{name} {name}Amount {{ ...M }}")).join(" ");
    let document = format!(
        "query($id: ID!, $at: DateTime!) {{ partner(id: $id) {{ balances {{ currency {sums} }} balancesAsOf(at: $at) {{ currency {sums} }}
               commissions {{ totals {{ currency amount total {{ ...M }} }} }} }}
             commissionSeries(interval: DAY, from: \"2026-03-01T00:00:00Z\", to: \"2026-03-03T00:00:00Z\") {{ currency amount total {{ ...M }} }} }}
             fragment M on Money {{ __typename amount currency }}"
    );
    let data = shop
        .staff()
        .data_with(&document, json!({ "id": ann, "at": shop.app.clock.now().to_rfc3339() }))
        .await;
    let money =
        |row: &Value, name: &str| json!({ "__typename": "Money", "amount": row[name], "currency": row["currency"] });
    for list in ["balances", "balancesAsOf"] {
        let rows = data["partner"][list].as_array().unwrap();
        assert_eq!(
            (rows.len(), &rows[0]["accrued"], &rows[0]["payable"]),
            (1, &json!("9.50"), &json!("3.00")),
            "{list}"
        );
        for name in SUMS {
            assert_eq!(rows[0][format!("{name}Amount")], money(&rows[0], name), "{list}");
        }
    }
    for rows in [&data["partner"]["commissions"]["totals"], &data["commissionSeries"]] {
        let rows = rows.as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row["total"] == money(row, "amount")), "{rows:?}");
    }
}

#[apply(both_databases)]
async fn every_field_of_the_filter_counts(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    let free = shop.percent("100").await;
    let terms = json!([{ "basis": "PERCENT", "value": "100" }]);
    let held = shop.campaign_with(json!({ "terms": terms, "holdbackDays": 10 })).await;
    shop.sale("1", &ann, &held, "1").await;
    shop.sale("2", &ben, &held, "2").await;
    shop.days_later(1);
    let row = shop.sale("3", &ann, &free, "3").await;
    shop.approve(&[&row]).await;
    shop.record(merged(
        charge("4", &ben, &held, "1"),
        json!({ "amount": { "amount": "4", "currency": "USD" } }),
    ))
    .await;
    let manual = json!({ "partnerId": ann, "amount": euros("-5"), "reason": "x" });
    shop.make("createManualCommission", "commission", manual).await;
    for (filter, expected) in [
        (json!({}), vec!["-5.00", "4.00", "3.00", "2.00", "1.00"]),
        (json!({ "status": ["APPROVED", "PAID"] }), vec!["3.00"]),
        (json!({ "status": [] }), vec![]),
        (json!({ "kind": ["MANUAL"] }), vec!["-5.00"]),
        (json!({ "partnerId": ben }), vec!["4.00", "2.00"]),
        (json!({ "campaignId": held }), vec!["4.00", "2.00", "1.00"]),
        (json!({ "recipient": "nobody" }), vec![]),
        (json!({ "currency": "USD" }), vec!["4.00"]),
        (
            json!({ "accruedFrom": "2026-03-02T12:00:00Z" }),
            vec!["-5.00", "4.00", "3.00"],
        ),
        (json!({ "accruedTo": "2026-03-02T12:00:00Z" }), vec!["2.00", "1.00"]),
        (
            json!({ "matureBefore": "2026-03-11T12:00:00.000001Z" }),
            vec!["2.00", "1.00"],
        ),
        (json!({ "matureBefore": "2026-03-11T12:00:00Z" }), vec![]),
        (
            json!({ "matureFrom": "2026-03-11T12:00:00Z", "matureBefore": "2026-03-12T12:00:00Z" }),
            vec!["2.00", "1.00"],
        ),
        (json!({ "matureFrom": "2026-03-11T12:00:00.000001Z" }), vec!["4.00"]),
        (
            json!({ "approvedFrom": "2026-03-02T12:00:00Z", "approvedTo": "2026-03-02T12:00:00.000001Z" }),
            vec!["3.00"],
        ),
        (json!({ "approvedTo": "2026-03-02T12:00:00Z" }), vec![]),
        (json!({ "currency": "EUR", "minAmount": "2" }), vec!["3.00", "2.00"]),
        (
            json!({ "currency": "EUR", "minAmount": "1.999", "maxAmount": "2.001" }),
            vec!["2.00"],
        ),
        (
            json!({ "currency": "EUR", "minAmount": "2.001", "maxAmount": "2.999" }),
            vec![],
        ),
        (json!({ "currency": "EUR", "maxAmount": "-0.01" }), vec!["-5.00"]),
        (
            json!({ "currency": "EUR", "maxAmount": "9999999999999999999999999999" }),
            vec!["-5.00", "3.00", "2.00", "1.00"],
        ),
        (
            json!({ "currency": "EUR", "minAmount": "-9999999999999999999999999999", "maxAmount": "-5" }),
            vec!["-5.00"],
        ),
        (
            json!({ "partnerId": ann, "campaignId": held, "currency": "EUR", "kind": ["EVENT"] }),
            vec!["1.00"],
        ),
    ] {
        let list = listed(&shop, json!({ "filter": filter })).await;
        assert_eq!(found(&list), expected, "{filter}");
        assert_eq!(list["totalCount"], expected.len(), "{filter}");
    }
    let document = "query($filter: CommissionFilter) { commissions(filter: $filter) { totalCount } }";
    for name in ["minAmount", "maxAmount"] {
        let answer = shop
            .staff()
            .ask_with(document, json!({ "filter": { (name): "1" } }))
            .await;
        let message = format!("filter.{name} needs filter.currency");
        assert_eq!(
            (answer.codes(), &answer.body["errors"][0]["message"]),
            (vec!["BAD_USER_INPUT"], &json!(message))
        );
    }
    let list = listed(&shop, json!({})).await;
    assert_eq!(
        list["totals"],
        json!([
            { "status": "ACCRUED", "currency": "EUR", "count": 3, "amount": "-2.00" },
            { "status": "ACCRUED", "currency": "USD", "count": 1, "amount": "4.00" },
            { "status": "APPROVED", "currency": "EUR", "count": 1, "amount": "3.00" },
        ])
    );
    let document =
        "query($id: ID!, $filter: CommissionFilter) { partner(id: $id) { commissions(first: 1, filter: $filter) {
            totals { status count amount } totalCount } } campaign(id: \"CAMPAIGN\") { commissions { totalCount } } }";
    let data = shop
        .staff()
        .data_with(
            &document.replace("CAMPAIGN", &held),
            json!({ "id": ann, "filter": { "kind": ["EVENT"] } }),
        )
        .await;
    assert_eq!(
        data["partner"]["commissions"]["totals"],
        json!([
            { "status": "ACCRUED", "count": 1, "amount": "1.00" }, { "status": "APPROVED", "count": 1, "amount": "3.00" },
        ])
    );
    assert_eq!(data["campaign"]["commissions"]["totalCount"], 3);
}

#[apply(both_databases)]
async fn pages_follow_each_other_in_every_order_and_direction(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("100").await);
    // Equal amounts and equal times among them.
    for (index, amount) in ["5", "2", "9", "2", "7", "2", "1"].into_iter().enumerate() {
        shop.sale(&index.to_string(), &ann, &campaign, amount).await;
        if index % 2 == 0 {
            shop.days_later(1);
        }
    }
    let filter = json!({ "currency": "EUR" });
    for field in ["ACCRUED_AT", "AMOUNT"] {
        for direction in ["ASC", "DESC"] {
            let order = json!({ "field": field, "direction": direction });
            let base = json!({ "filter": filter, "orderBy": order });
            let all = found(&listed(&shop, base.clone()).await);
            assert_eq!(all.len(), 7);
            let (mut forward, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = listed(&shop, merged(base.clone(), json!({ "first": 2, "after": after }))).await;
                forward.extend(found(&page));
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            assert_eq!(forward, all, "{field} {direction}");
            let (mut backward, mut before) = (Vec::new(), Value::Null);
            loop {
                let page = listed(&shop, merged(base.clone(), json!({ "last": 3, "before": before }))).await;
                backward.splice(0..0, found(&page));
                before = page["pageInfo"]["startCursor"].clone();
                if page["pageInfo"]["hasPreviousPage"] == false {
                    break;
                }
            }
            assert_eq!(backward, all, "{field} {direction}");
        }
    }
    let amounts = json!({ "filter": filter, "orderBy": { "field": "AMOUNT", "direction": "ASC" } });
    assert_eq!(
        found(&listed(&shop, amounts).await),
        ["1.00", "2.00", "2.00", "2.00", "5.00", "7.00", "9.00"]
    );
    let answer = shop
        .staff()
        .ask("{ commissions(orderBy: { field: AMOUNT }) { totalCount } }")
        .await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}

#[apply(both_databases)]
async fn series_follow_the_local_calendar_over_changes_of_clocks(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("100").await);
    // Clocks go forward in Berlin on Sunday, 2026-03-29.
    for (now, amount) in [
        ("2026-03-28T22:59:59Z", "1"),
        ("2026-03-28T23:00:00Z", "2"),
        ("2026-03-29T21:59:59Z", "4"),
        ("2026-03-29T22:00:00Z", "8"),
        ("2026-03-31T22:00:00Z", "16"),
    ] {
        at(&shop, now).await;
        shop.sale(now, &ann, &campaign, amount).await;
    }
    let series = async |interval: &str, from: &str, to: &str| {
        let document = "query($interval: SeriesInterval!, $from: DateTime!, $to: DateTime!) {
                commissionSeries(interval: $interval, from: $from, to: $to) { start status currency count amount } }";
        let variables = json!({ "interval": interval, "from": from, "to": to });
        let data = shop.staff().data_with(document, variables).await;
        let points = data["commissionSeries"].as_array().unwrap().iter().map(|point| {
            format!(
                "{} {} {}",
                text(&point["start"]),
                point["count"],
                text(&point["amount"])
            )
        });
        points.collect::<Vec<_>>()
    };
    assert_eq!(
        series("DAY", "2026-03-20T00:00:00Z", "2026-04-05T00:00:00Z").await,
        [
            "2026-03-27T23:00:00Z 1 1.00",
            "2026-03-28T23:00:00Z 2 6.00",
            "2026-03-29T22:00:00Z 1 8.00",
            "2026-03-31T22:00:00Z 1 16.00",
        ]
    );
    assert_eq!(
        series("WEEK", "2026-03-20T00:00:00Z", "2026-04-05T00:00:00Z").await,
        ["2026-03-22T23:00:00Z 3 7.00", "2026-03-29T22:00:00Z 2 24.00",]
    );
    assert_eq!(
        series("MONTH", "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z").await,
        ["2026-02-28T23:00:00Z 4 15.00", "2026-03-31T22:00:00Z 1 16.00",]
    );
    // The range cuts its first and last interval.
    assert_eq!(
        series("MONTH", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z").await,
        ["2026-02-28T23:00:00Z 2 6.00"]
    );
    let document =
        "{ commissionSeries(interval: DAY, from: \"2026-01-01T00:00:00Z\", to: \"2027-03-01T00:00:00Z\") { count } }";
    assert_eq!(shop.staff().ask(document).await.codes(), ["BAD_USER_INPUT"]);
}
