//! The times by which commissions are counted.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{BASES, DIMENSIONS, folded, rows, told};
use crate::ledger::{Shop, charge, decimal, euros, merged, text};
use crate::support::both_databases;

/// All rows with what a report looks at.
async fn ledger(shop: &Shop<'_>) -> Vec<Value> {
    let document =
        "{ commissions(first: 500) { nodes { kind status amount { amount currency } partner { id } campaign { id }
        event { occurredAt } attribution { link { id } } accruedAt approvedAt paidAt } } }";
    let data = shop.staff().data(document).await;
    data["commissions"]["nodes"].as_array().expect("rows").clone()
}

/// Three months of two partners: late events, refunds, rows by hand, payouts, and some that are never paid.
async fn months(shop: &Shop<'_>) -> Vec<String> {
    let (ten, twenty) = (shop.percent("10").await, shop.percent("20").await);
    let partners = [shop.partner("ann").await, shop.partner("ben").await];
    for month in 0..3u32 {
        let mut rows = Vec::new();
        for (number, partner) in (0..6).map(|number| (number, &partners[number % 2])) {
            let campaign = if number < 4 { &ten } else { &twenty };
            let currency = if number == 3 { "USD" } else { "EUR" };
            let sold = json!({
                // Some happened long before they are heard of.
                "occurredAt": if number % 3 == 0 { json!("2026-02-10T08:00:00Z") } else { Value::Null },
                "amount": { "amount": format!("{}", 10 * (number + 1)), "currency": currency },
            });
            let id = format!("{month}-{number}");
            let recorded = shop.record(merged(charge(&id, partner, campaign, "1"), sold)).await;
            rows.push(text(&recorded["commissions"][0]["id"]));
        }
        shop.days_later(3);
        let approved: Vec<_> = rows.iter().take(4).map(String::as_str).collect();
        shop.approve(&approved).await;
        assert_eq!(shop.reverse(&[&rows[5]]).await, [""]);
        let input = json!({ "partnerId": partners[0], "amount": euros("-0.50"), "reason": "agreed" });
        shop.make("createManualCommission", "commission", input).await;
        shop.days_later(10);
        let refund = json!({ "externalId": format!("r{month}"), "kind": "REFUND", "originalExternalId": format!("{month}-1"),
            "amount": euros("5"), "occurredAt": "2026-03-02T00:00:00Z" });
        shop.record(refund).await;
        if month != 1 {
            shop.pay().await;
        }
        shop.days_later(16);
    }
    partners.to_vec()
}

#[apply(both_databases)]
async fn every_basis_is_a_fold_of_the_rows_and_their_events(app: TestApp) {
    let shop = Shop::new(&app).await;
    months(&shop).await;
    let ledger = ledger(&shop).await;
    let staff = shop.staff();
    for basis in BASES {
        for chosen in 0..32 {
            let dimensions: Vec<_> = (0..DIMENSIONS.len())
                .filter(|bit| chosen >> bit & 1 == 1)
                .map(|bit| DIMENSIONS[bit])
                .collect();
            let by_month = chosen % 3 != 0;
            let range = ("2026-02-05T10:00:00Z", "2026-05-20T00:00:00Z");
            let expected = folded(
                &ledger,
                &dimensions,
                by_month,
                basis,
                (range.0.parse().unwrap(), range.1.parse().unwrap()),
            );
            let arguments = json!({
                "groupBy": dimensions, "basis": basis, "interval": by_month.then_some("MONTH"), "from": range.0, "to": range.1,
            });
            assert_eq!(rows(&staff, arguments.clone()).await, expected, "{arguments}");
        }
    }
    // The basis that nobody names is ACCRUED.
    let document = "{ commissionReport(groupBy: [], from: \"2026-01-01T00:00:00Z\", to: \"2026-07-01T00:00:00Z\") { nodes { count } } }";
    let counts: i64 = staff.data(document).await["commissionReport"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["count"].as_i64().unwrap())
        .sum();
    assert_eq!(counts as usize, ledger.len());
}

#[apply(both_databases)]
async fn what_was_paid_in_march_is_what_payouts_of_march_come_to(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partners = months(&shop).await;
    let (from, to) = ("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z");
    let data = shop
        .staff()
        .data("{ payouts(first: 100) { nodes { status settledAt partner { id } amount { amount currency } } } }")
        .await;
    let mut of_march: Vec<(String, String, Decimal)> = Vec::new();
    for payout in data["payouts"]["nodes"].as_array().unwrap() {
        let settled_at = text(&payout["settledAt"]);
        if payout["status"] != "PAID" || *settled_at < *from || *settled_at >= *to {
            continue;
        }
        let (currency, partner) = (text(&payout["amount"]["currency"]), text(&payout["partner"]["id"]));
        let amount = decimal(&payout["amount"]["amount"]);
        match of_march
            .iter_mut()
            .find(|(code, id, _)| *code == currency && *id == partner)
        {
            Some((.., sum)) => *sum += amount,
            None => of_march.push((currency, partner, amount)),
        }
    }
    assert!(of_march.len() >= 3, "{of_march:?}");
    of_march.sort_by(|a, b| (&a.0, -a.2, &a.1).cmp(&(&b.0, -b.2, &b.1)));
    let report = rows(
        &shop.staff(),
        json!({ "groupBy": ["PARTNER"], "basis": "PAID", "from": from, "to": to }),
    )
    .await;
    let told_by_report: Vec<_> = report
        .iter()
        .map(|row| {
            (
                text(&row["amount"]["currency"]),
                text(&row["partner"]["id"]),
                decimal(&row["amount"]["amount"]),
            )
        })
        .collect();
    assert_eq!(told_by_report, of_march);
    assert!(partners.iter().any(|partner| *partner == of_march[0].1));
    // Nothing was paid in April.
    let april = json!({ "basis": "PAID", "from": "2026-03-31T22:00:00Z", "to": "2026-04-30T22:00:00Z" });
    assert_eq!(told(&rows(&shop.staff(), april).await), [""; 0]);
}
