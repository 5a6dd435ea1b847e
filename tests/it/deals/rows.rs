//! The rows of the ledger that deals make.

use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;

use super::{Sales, fixed, one_off, percent};
use crate::ledger::{charge, decimal, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn the_rules_holdback_is_stamped_on_its_rows(app: TestApp) {
    let sales = Sales::new(&app).await;
    for (days, mature_at) in [
        (Value::Null, Value::Null),
        (json!(0), json!("2026-03-01T12:00:00Z")),
        (json!(30), json!("2026-03-31T12:00:00Z")),
    ] {
        let rule = sales
            .rule_with(
                json!([one_off(&sales.won, fixed("50"))]),
                json!({ "holdbackDays": days }),
            )
            .await;
        let deal = sales.deal("1000").await;
        sales.enter(&deal, &sales.won).await;
        let row = sales.rows_of(&deal).await.remove(0);
        assert_eq!((&row["holdbackDays"], &row["matureAt"]), (&days, &mature_at));
        assert_eq!(
            (&row["campaign"], &row["event"], &row["snapshot"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        let input = json!({ "ids": [row["id"]] });
        let expected = if days == 30 { "HOLDBACK_ACTIVE" } else { "" };
        if !days.is_null() {
            approve_matured(&app.app, 100).await.unwrap();
            assert_eq!(
                sales.status(&text(&row["id"])).await,
                if days == 0 { "APPROVED" } else { "ACCRUED" }
            );
        }
        if days != 0 {
            assert_eq!(sales.answers("approveCommissions", input).await, [expected]);
        }
        sales.delete_rule(&rule).await;
    }
    sales.days_later(30);
    approve_matured(&app.app, 100).await.unwrap();
    assert_eq!(
        sales.balances(&sales.partner).await,
        ["EUR 0.00 150.00 0.00 0.00 150.00"]
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn deals_count_in_totals_lists_and_balances_beside_events(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.won, percent("10"))])).await;
    let campaign = sales.percent("20").await;
    sales.sale("1", &sales.partner, &campaign, "100").await;
    let deal = sales.deal("1000").await;
    sales.enter(&deal, &sales.won).await;
    sales.enter(&deal, &sales.lost).await;
    sales.enter(&deal, &sales.won).await;
    let data = sales.staff().data(
        "{ all: commissions { totalCount totals { status count amount } }
               deals: commissions(filter: { kind: [DEAL] }) { totalCount nodes { deal { name } event { id } } }
               events: commissions(filter: { kind: [EVENT] }) { nodes { deal { name } } }
               commissionSeries(interval: DAY, from: \"2026-03-01T00:00:00Z\", to: \"2026-03-03T00:00:00Z\") { status amount } }",
    ).await;
    assert_eq!(
        data["all"],
        json!({ "totalCount": 3, "totals": [
        { "status": "ACCRUED", "count": 2, "amount": "120.00" }, { "status": "REVERSED", "count": 1, "amount": "100.00" },
    ] })
    );
    let row = json!({ "deal": { "name": "Deal" }, "event": null });
    assert_eq!(data["deals"], json!({ "totalCount": 2, "nodes": [row, row] }));
    assert_eq!(data["events"], json!({ "nodes": [{ "deal": null }] }));
    assert_eq!(
        data["commissionSeries"],
        json!([{ "status": "ACCRUED", "amount": "120.00" }, { "status": "REVERSED", "amount": "100.00" }])
    );
    assert_eq!(
        sales.balances(&sales.partner).await,
        ["EUR 120.00 0.00 0.00 100.00 0.00"]
    );
    // Only charges make a lifetime value.
    assert_eq!(sales.lifetime_value(&sales.partner).await, ["100.00 EUR"]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_reader_can_redo_the_sum_from_the_explanation(app: TestApp) {
    let sales = Sales::new(&app).await;
    let rule = sales
        .rule_with(
            json!([one_off(&sales.won, percent("25"))]),
            json!({ "label": "Closers" }),
        )
        .await;
    let deal = sales.deal("299.90").await;
    sales.enter(&deal, &sales.won).await;
    let row = sales.rows_of(&deal).await.remove(0);
    let steps = row["explanation"].as_array().unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|step| (text(&step["source"]), text(&step["detail"]), step["amount"].clone()))
        .collect();
    let of = |source: &str| {
        told.iter()
            .find(|(name, ..)| name == source)
            .unwrap_or_else(|| panic!("{source}: {told:?}"))
    };
    assert!(
        of("commission rule").1.contains("(Closers version 1, entry 1)") && !of("commission rule").1.contains(&rule)
    );
    assert!(of("base value").1.contains("25 %"));
    assert_eq!(
        (of("amount").1.as_str(), &of("amount").2),
        ("25 % of 299.90 EUR", &json!("74.975"))
    );
    assert_eq!(of("rounding").2, "0.005");
    assert_eq!(decimal(&row["amount"]["amount"]).to_string(), "74.98");
    let moves = row["transitions"].as_array().unwrap();
    assert_eq!(
        moves[..],
        [json!({ "from": null, "to": "ACCRUED", "actor": "ann", "reason": null, "at": "2026-03-01T12:00:00Z" })]
    );
}

#[apply(both_databases)]
async fn a_deal_is_no_event_and_its_rows_cannot_be_refunded(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.won, percent("25"))])).await;
    let deal = sales
        .deal_with("100", json!({ "externalId": "order 1", "stageId": sales.won }))
        .await;
    let refused = sales.refused(crate::ledger::refund("r", "order 1", None)).await;
    assert_eq!(refused, ["NOT_FOUND originalExternalId"]);
    // The ids of deals and events are two things.
    let campaign = sales.percent("1").await;
    sales.record(charge("order 1", &sales.partner, &campaign, "100")).await;
    // What was paid wrongly is mended by hand.
    let row = text(&sales.rows_of(&deal).await[0]["id"]);
    sales.approve(&[&row]).await;
    sales.pay().await;
    let manual = json!({ "partnerId": sales.partner, "amount": { "amount": "-25", "currency": "EUR" }, "reason": "wrong deal", "adjustsId": row });
    sales
        .staff()
        .done("createManualCommission", manual, "commission { id }")
        .await;
    assert_eq!(
        sales.balances(&sales.partner).await,
        ["EUR -24.00 0.00 25.00 0.00 0.00"]
    );
    sales.assert_fine().await;
}
