//! Payout runs and their settlement.

use serde_json::{Value, json};

use super::{Shop, charge, euros, merged, text};
use crate::support::both_databases;

fn dollars(input: Value, amount: &str) -> Value {
    merged(input, json!({ "amount": { "amount": amount, "currency": "USD" } }))
}

/// Payouts as "amount currency", sorted.
fn listed(payouts: &[Value]) -> Vec<String> {
    let mut listed: Vec<_> = payouts
        .iter()
        .map(|payout| {
            format!(
                "{} {}",
                text(&payout["amount"]["amount"]),
                text(&payout["amount"]["currency"])
            )
        })
        .collect();
    listed.sort();
    listed
}

async fn approved(shop: &Shop<'_>, id: &str, partner: &str, campaign: &str, amount: &str) -> String {
    let row = shop.sale(id, partner, campaign, amount).await;
    shop.approve(&[&row]).await;
    row
}

#[apply(both_databases)]
async fn a_run_groups_by_partner_and_currency(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    approved(&shop, "1", &ann, &campaign, "100").await;
    approved(&shop, "2", &ann, &campaign, "200").await;
    approved(&shop, "3", &ben, &campaign, "50").await;
    let recorded = shop.record(dollars(charge("4", &ann, &campaign, "1"), "70")).await;
    shop.approve(&[&text(&recorded["commissions"][0]["id"])]).await;
    // Not approved, so not paid.
    shop.sale("5", &ann, &campaign, "1000").await;
    let only = shop.run(json!({ "currency": "USD" })).await;
    assert_eq!(listed(&only), ["7.00 USD"]);
    let only = shop.run(json!({ "partnerIds": [ben] })).await;
    assert_eq!(listed(&only), ["5.00 EUR"]);
    let rest = shop.run(json!({})).await;
    assert_eq!(listed(&rest), ["30.00 EUR"]);
    assert_eq!(rest[0]["commissions"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(shop.run(json!({})).await, [] as [Value; 0]);
    assert_eq!(
        shop.balances(&ann).await,
        ["EUR 100.00 30.00 0.00 0.00 0.00", "USD 0.00 7.00 0.00 0.00 0.00"]
    );
    shop.assert_sound(&ann).await;
    shop.assert_sound(&ben).await;
}

#[apply(both_databases)]
async fn what_is_below_the_minimum_or_negative_carries_forward(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    shop.make("updateTenant", "tenant", json!({ "minimumPayouts": [euros("10.00")] }))
        .await;
    approved(&shop, "1", &ann, &campaign, "99.90").await;
    assert_eq!(shop.run(json!({})).await, [] as [Value; 0]);
    approved(&shop, "2", &ann, &campaign, "0.10").await;
    assert_eq!(listed(&shop.pay().await), ["10.00 EUR"]);
    // Paid, then refunded: the debt waits for what is earned later.
    shop.refund("r", "1", None).await;
    assert_eq!(shop.balances(&ann).await, ["EUR 0.00 -9.99 10.00 0.00 -9.99"]);
    approved(&shop, "3", &ann, &campaign, "190").await;
    assert_eq!(shop.run(json!({})).await, [] as [Value; 0]);
    approved(&shop, "4", &ann, &campaign, "10").await;
    assert_eq!(listed(&shop.pay().await), ["10.01 EUR"]);
    assert_eq!(shop.balances(&ann).await, ["EUR 0.00 0.00 20.01 0.00 0.00"]);
    shop.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn suspended_partners_are_passed_over_and_revoked_ones_paid(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    approved(&shop, "1", &ann, &campaign, "100").await;
    approved(&shop, "2", &ben, &campaign, "200").await;
    for (field, partner) in [("suspendPartner", &ann), ("revokePartner", &ben)] {
        shop.make(field, "partner", json!({ "id": partner, "reason": "check" }))
            .await;
    }
    assert_eq!(listed(&shop.run(json!({})).await), ["20.00 EUR"]);
    assert_eq!(shop.run(json!({ "partnerIds": [ann] })).await, [] as [Value; 0]);
    shop.make("activatePartner", "partner", json!({ "id": ann })).await;
    assert_eq!(listed(&shop.run(json!({})).await), ["10.00 EUR"]);
}

#[apply(both_databases)]
async fn released_rows_are_payable_again(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    let row = approved(&shop, "1", &ann, &campaign, "100").await;
    for status in ["FAILED", "CANCELED"] {
        let payouts = shop.run(json!({})).await;
        assert_eq!(shop.row(&row).await["payout"]["id"], payouts[0]["id"]);
        shop.assert_sound(&ann).await;
        shop.settle(&payouts[0], status).await;
        assert_eq!(shop.row(&row).await["payout"], Value::Null);
        assert_eq!(shop.balances(&ann).await, ["EUR 0.00 10.00 0.00 0.00 10.00"]);
        // What was in it stays known.
        let document =
            "query($id: ID!) { payout(id: $id) { status commissions { nodes { id } totalCount totals { amount } } } }";
        let data = shop
            .staff()
            .data_with(document, json!({ "id": payouts[0]["id"] }))
            .await;
        assert_eq!(data["payout"]["commissions"]["nodes"], json!([{ "id": row }]));
        assert_eq!(data["payout"]["commissions"]["totalCount"], 1);
        assert_eq!(data["payout"]["commissions"]["totals"], json!([{ "amount": "10.00" }]));
    }
    let payouts = shop.pay().await;
    let row = shop.row(&row).await;
    assert_eq!(
        (&row["status"], &row["payout"]["id"]),
        (&json!("PAID"), &payouts[0]["id"])
    );
    assert!(row["paidAt"].is_string());
    assert_eq!(shop.reverse(&[&text(&row["id"])]).await, ["INVALID_TRANSITION"]);
    assert_eq!(
        shop.answers("approveCommissions", json!({ "ids": [row["id"]] })).await,
        ["INVALID_TRANSITION"]
    );
    shop.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn a_payout_is_settled_once(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    for (number, status) in ["PAID", "FAILED", "CANCELED"].into_iter().enumerate() {
        approved(&shop, &format!("s{number}"), &ann, &campaign, "100").await;
        let payouts = shop.run(json!({})).await;
        shop.settle(&payouts[0], status).await;
        let before = app.rows().await;
        for again in ["PAID", "FAILED", "CANCELED"] {
            let input = json!({ "id": payouts[0]["id"], "status": again });
            assert_eq!(
                shop.staff().problems("settlePayout", input, "payout").await,
                ["INVALID_TRANSITION id"]
            );
        }
        assert_eq!(app.rows().await, before);
    }
    let input = json!({ "id": "pay_00000000000000000000000000", "status": "PAID" });
    assert_eq!(
        shop.staff().problems("settlePayout", input, "payout").await,
        ["NOT_FOUND id"]
    );
}

#[apply(both_databases)]
async fn runs_and_settlements_are_repeated_by_their_key(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    approved(&shop, "1", &ann, &campaign, "100").await;
    let input = json!({ "currency": "EUR", "idempotencyKey": "march" });
    let payouts = shop.run(input.clone()).await;
    assert_eq!(listed(&payouts), ["10.00 EUR"]);
    approved(&shop, "2", &ann, &campaign, "100").await;
    assert_eq!(shop.run(input).await, payouts);
    let other = json!({ "idempotencyKey": "march" });
    assert_eq!(
        shop.staff().problems("createPayoutRun", other, "payoutRun").await,
        ["CONFLICT idempotencyKey"]
    );
    let settle = json!({ "id": payouts[0]["id"], "status": "PAID", "reference": "wire 1", "idempotencyKey": "march" });
    for _ in 0..2 {
        let settled = shop
            .staff()
            .done("settlePayout", settle.clone(), "payout { status reference }")
            .await;
        assert_eq!(settled["payout"], json!({ "status": "PAID", "reference": "wire 1" }));
    }
    let other = merged(settle, json!({ "status": "FAILED" }));
    assert_eq!(
        shop.staff().problems("settlePayout", other, "payout").await,
        ["CONFLICT idempotencyKey"]
    );
    shop.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn payouts_are_listed_by_partner_currency_status_and_time(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    approved(&shop, "1", &ann, &campaign, "100").await;
    approved(&shop, "2", &ben, &campaign, "200").await;
    shop.pay().await;
    shop.days_later(1);
    approved(&shop, "3", &ann, &campaign, "300").await;
    shop.run(json!({})).await;
    for (filter, expected) in [
        (json!({}), vec!["10.00 EUR", "20.00 EUR", "30.00 EUR"]),
        (json!({ "partnerId": ann }), vec!["10.00 EUR", "30.00 EUR"]),
        (json!({ "status": ["PENDING"] }), vec!["30.00 EUR"]),
        (json!({ "status": [] }), vec![]),
        (json!({ "currency": "USD" }), vec![]),
        (json!({ "createdFrom": "2026-03-02T12:00:00Z" }), vec!["30.00 EUR"]),
        (
            json!({ "createdTo": "2026-03-02T12:00:00Z" }),
            vec!["10.00 EUR", "20.00 EUR"],
        ),
    ] {
        let document = "query($filter: PayoutFilter) { payouts(filter: $filter) { totalCount nodes { amount { amount currency } } } }";
        let data = shop.staff().data_with(document, json!({ "filter": filter })).await;
        assert_eq!(
            listed(data["payouts"]["nodes"].as_array().unwrap()),
            expected,
            "{filter}"
        );
        assert_eq!(data["payouts"]["totalCount"], expected.len());
    }
    let document = "query($id: ID!) { partner(id: $id) { payouts { totalCount nodes { status } } } }";
    let data = shop.staff().data_with(document, json!({ "id": ann })).await;
    assert_eq!(
        data["partner"]["payouts"]["nodes"],
        json!([{ "status": "PENDING" }, { "status": "PAID" }])
    );
}
