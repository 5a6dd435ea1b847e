//! The terms in force: what the next event of a partner would earn, as staff and the partner are told.

mod access;
mod costs;
mod levels;
mod past;
mod redo;
mod story;
mod tiers;

use serde_json::{Value, json};

use crate::ledger::{Shop, text};
use crate::support::Client;

/// Everything that there is to see of it.
pub const TERMS: &str = "source snapshot { id version campaign { id name } } campaign { id name } group { id name } earnsNothing
    terms { basis value currency trigger eventType recurringMonths } holdbackDays rulesCurrency qualifiedCustomers
    lifetimeValue { amount currency }
    rules { __typename description
        ... on NewCustomerTimeTierRule { maxMonths percentage } ... on RecurringRule { percentage }
        ... on PartnerLtvUpgradeRule { minLtvTotal upgradePercentage } ... on ChargeThresholdBonusRule { minChargeTotal bonus }
        ... on CustomerVolumeGateRule { minQualifiedCustomers } }
    tiers { name eventType period startDate endDate crossingPolicy currency goals { metric goal max } payout { action value }
        retroactivePayout { action value type } achieved acts
        counters { tier metric value goal max goalReached remaining windowStart windowEnd campaign { name } } }";

/// The terms in force of a partner, as this client is told.
pub async fn in_force(client: &Client, partner: &str, campaign: Option<&str>) -> Value {
    let document = format!(
        "query($id: ID!, $campaign: ID) {{ partner(id: $id) {{ termsInForce(campaignId: $campaign) {{ {TERMS} }} }} }}"
    );
    let data = client
        .data_with(&document, json!({ "id": partner, "campaign": campaign }))
        .await;
    data["partner"]["termsInForce"].clone()
}

/// The components as "BASIS value".
pub fn components(terms: &Value) -> Vec<String> {
    let list = terms["terms"].as_array().expect("terms").iter();
    list.map(|term| format!("{} {}", text(&term["basis"]), term["value"].as_str().unwrap_or("-")))
        .collect()
}

/// Amends what the partner is promised.
pub async fn promise(
    shop: &Shop<'_>,
    partner: &str,
    campaign: Option<&str>,
    value: &str,
    holdback: Option<i32>,
) -> String {
    let input = json!({
        "partnerId": partner, "campaignId": campaign, "reason": "r", "holdbackDays": holdback,
        "terms": [{ "basis": "PERCENT", "value": value }],
    });
    shop.make("amendCommissionSnapshot", "commissionSnapshot", input).await
}

/// A group, which is the default one or not.
pub async fn group(shop: &Shop<'_>, name: &str, default: bool, rules: Value) -> String {
    shop.make(
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": name, "default": default, "rules": rules }),
    )
    .await
}
