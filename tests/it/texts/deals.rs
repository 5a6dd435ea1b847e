//! What deals paid.

use serde_json::json;

use super::{STEPS, Texts};
use crate::deals::{Sales, fixed, one_off, percent, recurring};
use crate::ledger::{euros, merged};
use crate::support::both_databases;

#[apply(both_databases)]
async fn deals_are_explained_as_reviewed(app: TestApp) {
    let sales = Sales::new(&app).await;
    let scaling = |small: &str| json!({ "customFieldId": sales.field, "tiers": [{ "optionId": sales.options[0], "value": small }] });
    let rates = json!({ "enabled": true, "periods": [
        { "periodNumber": 1, "startOccurrence": 1, "endOccurrence": 1, "value": "12.5" },
        { "periodNumber": 2, "startOccurrence": 2, "scaling": scaling("3"), "value": "2" },
    ] });
    let scaled = json!({ "scaling": scaling("8") });
    let entries = json!([
        one_off(&sales.won, percent("25")),
        one_off(&sales.won, merged(fixed("50"), scaled.clone())),
        one_off(&sales.won, merged(json!({ "valueType": "FIXED" }), scaled)),
        recurring(&sales.won, merged(percent("5"), json!({ "periodRates": rates }))),
    ]);
    let rule = sales.rule_with(entries.clone(), json!({ "label": "Closers" })).await;
    for option in [Some(&sales.options[0]), Some(&sales.options[1]), None] {
        let deal = sales
            .deal_with("299.90", option.map_or(json!({}), |option| sales.bearing(option)))
            .await;
        sales.enter(&deal, &sales.won).await;
        sales.renew(&deal).await;
    }
    let mut texts = Texts::default();
    texts.of(&sales, &sales.partner).await;
    for (title, how) in [
        ("a simulation of a stored rule", json!({ "commissionRuleId": rule })),
        (
            "a simulation of a rule that nobody has made",
            json!({ "rule": { "label": "Tried out", "partnerType": "AFFILIATE", "entries": entries } }),
        ),
    ] {
        texts.section(title);
        let deal = json!({ "value": euros("1000.005"), "stagePath": [sales.won], "renewals": 1 });
        let selection = format!("payments {{ amount {{ amount }} {STEPS} }}");
        let payload = sales
            .staff()
            .done(
                "simulateCommissionRule",
                merged(how, json!({ "deal": deal })),
                &selection,
            )
            .await;
        for payment in payload["payments"].as_array().expect("payments") {
            texts.steps("payment", &payment["explanation"]);
        }
    }
    texts.are_as_reviewed("deals.txt");
}
