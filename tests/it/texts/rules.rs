//! What the rules of groups gave.

use serde_json::json;

use super::{STEPS, Texts, charge};
use crate::ledger::{Shop, merged};
use crate::support::both_databases;

#[apply(both_databases)]
async fn rules_are_explained_as_reviewed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let rules = json!([
        { "newCustomerTimeTier": { "maxMonths": 1, "percentage": "50" } },
        { "newCustomerTimeTier": { "maxMonths": 3, "percentage": "33.333333" } },
        { "recurring": { "percentage": "10" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "500", "upgradePercentage": "7.5" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "600", "upgradePercentage": "90" } },
        { "chargeThresholdBonus": { "minChargeTotal": "100", "bonus": "25" } },
        { "chargeThresholdBonus": { "minChargeTotal": "10", "bonus": "-3.5" } },
        { "customerVolumeGate": { "minQualifiedCustomers": 1 } },
    ]);
    let input = json!({ "name": "Gold", "currency": "EUR", "rules": rules });
    let gold = shop.make("createPartnerGroup", "partnerGroup", input).await;
    let ann = shop.partner_with("ann", json!({ "groupId": gold })).await;
    for (id, amount, currency) in [("1", "600", "EUR"), ("2", "99.99", "USD"), ("3", "9", "EUR")] {
        shop.record(charge(id, &ann, None, amount, currency)).await;
    }
    shop.days_later(40);
    shop.record(charge("4", &ann, None, "20", "EUR")).await;
    shop.days_later(60);
    shop.record(charge("5", &ann, None, "2000", "EUR")).await;
    let mut texts = Texts::default();
    texts.of(&shop, &ann).await;
    texts.section("simulations of rules");
    let inline = json!([
        { "recurring": { "percentage": "1" } }, { "chargeThresholdBonus": { "minChargeTotal": "1", "bonus": "-9" } },
        { "customerVolumeGate": { "minQualifiedCustomers": 2 } },
    ]);
    let scenario = json!({ "chargeAmount": "10.005", "customerMonths": 1, "qualifiedCustomers": 1 });
    for input in [
        json!({ "rules": inline, "scenarios": [scenario, merged(scenario.clone(), json!({ "qualifiedCustomers": 2 }))] }),
        json!({ "rules": inline, "currency": "JPY", "scenarios": [merged(scenario, json!({ "chargeAmount": "1000" }))] }),
    ] {
        let payload = shop
            .staff()
            .done("simulatePartnerGroup", input, &format!("results {{ {STEPS} }}"))
            .await;
        for result in payload["results"].as_array().expect("results") {
            texts.steps("scenario", &result["explanation"]);
        }
    }
    texts.are_as_reviewed("rules.txt");
}
