//! The published and derived figures of `tests/data/worked-examples.json`, through the API.

use serde_json::{Value, json};

use crate::support::both_databases;

const EXAMPLES: &str = include_str!("../data/worked-examples.json");

/// The cases of an area.
pub fn cases(area: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(EXAMPLES).expect("valid JSON");
    let cases: Vec<_> = all.into_iter().filter(|case| case["area"] == area).collect();
    assert!(!cases.is_empty(), "no cases of {area}");
    cases
}

/// A number of the source document as a decimal string.
fn text(number: &Value) -> Value {
    json!(number.to_string())
}

/// A rule of the source document as an input of ours.
fn rule(source: &Value) -> Value {
    match source["type"].as_str().expect("a type") {
        "new_customer_time_tier" => json!({ "newCustomerTimeTier": {
            "maxMonths": source["max_months"], "percentage": text(&source["percentage"]),
        } }),
        "recurring" => json!({ "recurring": { "percentage": text(&source["percentage"]) } }),
        "partner_ltv_upgrade" => json!({ "partnerLtvUpgrade": {
            "minLtvTotal": text(&source["min_ltv_total"]), "upgradePercentage": text(&source["upgrade_percentage"]),
        } }),
        "charge_threshold_bonus" => json!({ "chargeThresholdBonus": {
            "minChargeTotal": text(&source["min_charge_total"]), "bonus": text(&source["bonus"]),
        } }),
        other => panic!("unknown rule type {other}"),
    }
}

/// Two numbers are the same amount, however they are written.
fn assert_same_amount(actual: &Value, expected: &Value, case: &Value) {
    let number = |value: &Value| match value {
        Value::String(text) => text.parse::<rust_decimal::Decimal>(),
        other => other.to_string().parse(),
    };
    assert_eq!(
        number(actual).expect("a number"),
        number(expected).expect("a number"),
        "{}",
        case["id"]
    );
}

#[apply(both_databases)]
async fn the_rules_engine_gives_every_figure_of_the_examples(app: TestApp) {
    let admin = app.admin().await;
    for case in cases("rules-engine") {
        let inputs = &case["inputs"];
        let rules: Vec<_> = inputs["rules"].as_array().expect("rules").iter().map(rule).collect();
        let simulation = &inputs["simulation"];
        let scenario = json!({
            "chargeAmount": if simulation.is_null() { json!("1") } else { text(&simulation["charge_amount"]) },
            "customerMonths": simulation["customer_months"].as_i64().unwrap_or(1),
            "partnerLtv": if simulation.is_null() { json!("0") } else { text(&simulation["partner_ltv"]) },
            "qualifiedCustomers": simulation["qualified_customers"].as_i64().unwrap_or(0),
            "firstPaidCustomerBootstrap": simulation["first_paid_customer_bootstrap"] == true,
        });
        let payload = admin
            .mutate(
                "simulatePartnerGroup",
                json!({ "rules": rules, "scenarios": [scenario] }),
                "results { finalFee { amount currency } effectivePercentage }",
            )
            .await;
        let expected = &case["expected"];
        if expected.get("error").is_some() {
            assert_eq!(payload["results"], Value::Null, "{}", case["id"]);
            let error = &payload["userErrors"][0];
            assert_eq!(
                (&error["code"], &error["field"]),
                (&json!("REQUIRED"), &json!(["rules"])),
                "{}",
                case["id"]
            );
            continue;
        }
        let result = &payload["results"][0];
        assert_same_amount(&result["finalFee"]["amount"], &expected["final_fee"], &case);
        if let Some(percentage) = expected.get("effective_percentage") {
            assert_same_amount(&result["effectivePercentage"], percentage, &case);
        }
    }
}
