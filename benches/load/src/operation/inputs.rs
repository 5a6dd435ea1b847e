//! The variables of the mutations.

use serde_json::{Value, json};
use tributary::domain::id;

use crate::client::{HOLE, HOLE_MARK};
use crate::sample::{Promise, wire};

/// A charge that earns a commission; its external id is completed when it is sent.
pub fn event(promise: &Promise) -> Value {
    json!({ "input": {
        "externalId": format!("{HOLE_MARK}{HOLE}"),
        "kind": "CHARGE",
        "amount": { "amount": "49.90", "currency": "EUR" },
        "customerExternalId": promise.customer_external_id,
        "partnerId": wire::<id::Partner>(promise.partner),
        "campaignId": wire::<id::Campaign>(promise.campaign),
    } })
}

/// This many scenarios for 5 rules, one of each type.
pub fn simulation(scenarios: u32) -> Value {
    let rules = json!([
        { "newCustomerTimeTier": { "maxMonths": 6, "percentage": "30" } },
        { "recurring": { "percentage": "12.5" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "10000", "upgradePercentage": "2.5" } },
        { "chargeThresholdBonus": { "minChargeTotal": "500", "bonus": "15" } },
        { "customerVolumeGate": { "minQualifiedCustomers": 3 } },
    ]);
    let scenarios: Vec<_> = (0..scenarios)
        .map(|number| {
            json!({
                "chargeAmount": format!("{}.{:02}", 20 + number * 37 % 900, number * 13 % 100),
                "customerMonths": number % 14 + 1,
                "partnerLtv": (number * 1_100 % 20_000).to_string(),
                "qualifiedCustomers": number % 8,
            })
        })
        .collect();
    json!({ "input": { "rules": rules, "scenarios": scenarios, "currency": "EUR" } })
}
