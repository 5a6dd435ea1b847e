//! The published figures, simulated and live.

use serde_json::{Value, json};

use super::{Sales, one_off, recurring};
use crate::ledger::text;
use crate::support::both_databases;
use crate::worked_examples::cases;

/// A number of the source document as a decimal string.
fn number(value: &Value) -> Value {
    json!(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// The part of a rule that a source document describes.
fn part(source: &Value) -> Value {
    let periods = source["periodRates"]["periods"].as_array();
    let periods = periods.map(|periods| -> Vec<_> {
        let values = periods.iter().map(|period| {
            let mut period = period.clone();
            period["value"] = number(&period["value"]);
            period
        });
        values.collect()
    });
    let rates = periods.map(|periods| json!({ "enabled": source["periodRates"]["enabled"], "periods": periods }));
    json!({
        "valueType": source["valueType"].as_str().unwrap_or("percentage").to_uppercase(),
        "value": number(&source["value"]), "numberOfOccurrences": source["number_of_occurrences"], "periodRates": rates,
    })
}

#[apply(both_databases)]
async fn deal_stage_rules_give_every_figure_of_the_examples(app: TestApp) {
    let sales = Sales::new(&app).await;
    for case in cases("deal-stage") {
        let inputs = &case["inputs"];
        let part = part(inputs);
        let (value, occurrences, expected) = match inputs["occurrences"].as_array() {
            None => (
                text(&inputs["deal_value"]),
                vec![json!(1)],
                vec![case["expected"]["payment"].clone()],
            ),
            Some(occurrences) => (
                text(&inputs["occurrence_value"]),
                occurrences.clone(),
                case["expected"]["payments"].as_array().expect("payments").clone(),
            ),
        };
        let last = occurrences
            .iter()
            .filter_map(Value::as_u64)
            .max()
            .expect("an occurrence");
        let entry = if last == 1 {
            one_off(&sales.won, part)
        } else {
            recurring(&sales.won, part)
        };
        let rule = sales.rule(json!([entry])).await;
        let deal = sales.deal(&value).await;
        let mut live = sales.enter(&deal, &sales.won).await;
        for _ in 1..last {
            live.extend(sales.renew(&deal).await);
        }
        let renewals = json!({ "renewals": last - 1 });
        let simulated = sales.simulated(&rule, &value, &[&sales.won], renewals).await;
        let simulated: Vec<_> = simulated
            .iter()
            .map(|payment| text(&payment["amount"]["amount"]))
            .collect();
        for (occurrence, expected) in occurrences.iter().zip(&expected) {
            let index = occurrence.as_u64().expect("a number") as usize - 1;
            let expected = expected.as_str();
            assert_eq!(
                live.get(index).map(String::as_str),
                expected,
                "{} live {occurrence}",
                case["id"]
            );
            assert_eq!(
                simulated.get(index).map(String::as_str),
                expected,
                "{} simulated {occurrence}",
                case["id"]
            );
        }
        sales.delete_rule(&rule).await;
    }
    sales.assert_fine().await;
}
