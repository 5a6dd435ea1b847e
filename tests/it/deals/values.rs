//! How much: the nearest of period and scaling values, rounded once; nothing with none of them.

use serde_json::{Value, json};

use super::{Sales, one_off, percent, recurring};
use crate::ledger::{amounts, decimal, merged, text};
use crate::support::both_databases;

fn period(number: u32, start: u32, end: Option<u32>, value: Option<&str>) -> Value {
    json!({ "periodNumber": number, "startOccurrence": start, "endOccurrence": end, "value": value })
}

fn scaling(sales: &Sales<'_>, tiers: &[(usize, &str)]) -> Value {
    let tiers: Vec<_> = tiers
        .iter()
        .map(|(option, value)| json!({ "optionId": sales.options[*option], "value": value }))
        .collect();
    json!({ "customFieldId": sales.field, "tiers": tiers })
}

/// What entering the stage and three renewals pay a deal of 100 euros with that option, and what the simulation says.
async fn schedule(sales: &Sales<'_>, rule: &str, option: Option<usize>) -> Vec<String> {
    let bearing = option.map_or(json!({}), |option| sales.bearing(&sales.options[option]));
    let deal = sales.deal_with("100", bearing.clone()).await;
    let mut live = vec![sales.enter(&deal, &sales.won).await];
    for _ in 0..3 {
        live.push(sales.renew(&deal).await);
    }
    let renewals = merged(bearing, json!({ "renewals": 3 }));
    let simulated = sales.simulated(rule, "100", &[&sales.won], renewals).await;
    let live: Vec<_> = live
        .into_iter()
        .map(|amounts| amounts.first().cloned().unwrap_or("0.00".into()))
        .collect();
    let listed: Vec<_> = simulated
        .iter()
        .map(|payment| text(&payment["amount"]["amount"]))
        .collect();
    assert_eq!(live, listed);
    for payment in &simulated {
        let steps = payment["explanation"].as_array().expect("steps").iter();
        let sum: rust_decimal::Decimal = steps
            .filter(|step| !step["amount"].is_null())
            .map(|step| decimal(&step["amount"]))
            .sum();
        assert_eq!(sum, decimal(&payment["amount"]["amount"]), "{payment}");
    }
    live
}

#[apply(both_databases)]
async fn the_nearest_value_counts(app: TestApp) {
    let sales = Sales::new(&app).await;
    let periods = json!([
        merged(
            period(1, 1, Some(2), Some("30")),
            json!({ "scaling": scaling(&sales, &[(1, "25")]) })
        ),
        period(2, 4, None, None)
    ]);
    let full = merged(
        percent("15"),
        json!({
            "scaling": scaling(&sales, &[(0, "10"), (1, "20")]), "periodRates": { "enabled": true, "periods": periods },
        }),
    );
    let rule = sales.rule(json!([recurring(&sales.won, full.clone())])).await;
    // The period's scaling, then in the gap and in the period without values the scaling.
    assert_eq!(
        schedule(&sales, &rule, Some(1)).await,
        ["25.00", "25.00", "20.00", "20.00"]
    );
    // No match in the period's scaling: the period's value.
    assert_eq!(
        schedule(&sales, &rule, Some(0)).await,
        ["30.00", "30.00", "10.00", "10.00"]
    );
    // An option without a tier, and none at all: the base value.
    assert_eq!(
        schedule(&sales, &rule, Some(2)).await,
        ["30.00", "30.00", "15.00", "15.00"]
    );
    assert_eq!(
        schedule(&sales, &rule, None).await,
        ["30.00", "30.00", "15.00", "15.00"]
    );
    // Disabled periods are as good as none.
    let mut disabled = full.clone();
    disabled["periodRates"]["enabled"] = json!(false);
    sales
        .change_rule(&rule, json!({ "entries": [recurring(&sales.won, disabled)] }))
        .await;
    assert_eq!(
        schedule(&sales, &rule, Some(1)).await,
        ["20.00", "20.00", "20.00", "20.00"]
    );
    assert_eq!(
        schedule(&sales, &rule, Some(2)).await,
        ["15.00", "15.00", "15.00", "15.00"]
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn with_no_value_nothing_is_paid_and_the_simulation_says_why(app: TestApp) {
    let sales = Sales::new(&app).await;
    let part = json!({ "valueType": "PERCENTAGE", "scaling": scaling(&sales, &[(0, "10")]) });
    let rule = sales.rule(json!([one_off(&sales.won, part)])).await;
    let deal = sales.deal_with("100", sales.bearing(&sales.options[2])).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    let simulated = sales
        .simulated(&rule, "100", &[&sales.won], sales.bearing(&sales.options[2]))
        .await;
    assert_eq!(simulated.len(), 1);
    assert_eq!(simulated[0]["amount"]["amount"], "0.00");
    let steps = simulated[0]["explanation"].as_array().unwrap();
    let reasons: Vec<_> = steps
        .iter()
        .filter(|step| step["outcome"] == "NOT_REACHED")
        .map(|step| text(&step["detail"]))
        .collect();
    assert!(
        reasons
            .iter()
            .any(|reason| reason.contains("no value is set for the deal's option")),
        "{reasons:?}"
    );
    assert!(
        reasons.iter().any(|reason| reason.contains("pays nothing")),
        "{reasons:?}"
    );
    // Nothing was due, and so it was paid: an option that comes later changes nothing.
    assert_eq!(sales.bear(&deal, &sales.options[0]).await, [""; 0]);
    sales.enter(&deal, &sales.open).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn amounts_are_rounded_once_half_away_from_zero_in_the_deals_currency(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.won, percent("25")),
            one_off(&sales.won, percent("33.333333"))
        ]))
        .await;
    for (amount, currency, expected) in [
        ("299.90", "EUR", ["74.98", "99.97"]),
        ("299", "JPY", ["75", "100"]),
        ("0.005", "KWD", ["0.001", "0.002"]),
    ] {
        let value = json!({ "value": { "amount": amount, "currency": currency }, "stageId": sales.won });
        let created = sales.created("1", value).await;
        assert_eq!(amounts(&created["commissions"]), expected, "{currency}");
        let rows = created["commissions"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["amount"]["currency"] == currency));
    }
    sales.assert_fine().await;
}

/// A simulated value may have more digits than its currency.
#[apply(both_databases)]
async fn a_simulation_reads_every_digit(app: TestApp) {
    let sales = Sales::new(&app).await;
    let rule = sales.rule(json!([one_off(&sales.won, percent("50"))])).await;
    let simulated = sales
        .simulated(&rule, "1.2345", &[&sales.open, &sales.won], json!({}))
        .await;
    assert_eq!(simulated[0]["amount"]["amount"], "0.62");
    let problems = sales
        .staff()
        .problems(
            "createDeal",
            json!({
                "name": "D", "partnerId": sales.partner, "value": { "amount": "1.2345", "currency": "EUR" },
            }),
            "deal",
        )
        .await;
    assert_eq!(problems, ["INVALID value.amount"]);
}
