//! Backtests: what other rules would have cost, on what really happened.

mod access;
mod equivalence;
mod identity;
mod killed;
mod moved;
mod programme;
mod racing;
mod results;
mod work;

use std::collections::BTreeMap;
use std::ops::Deref;

use serde_json::{Value, json};
use tributary::service::backtest::work;

use crate::ledger::{Shop, text};
use crate::support::TestApp;

pub const DIFFERENCE: &str = "actual { amount currency } proposed { amount } difference { amount } \
     appeared disappeared rose fell unchanged";

/// A shop, and what it asks about.
pub struct Lab<'a>(pub Shop<'a>);

impl<'a> Deref for Lab<'a> {
    type Target = Shop<'a>;

    fn deref(&self) -> &Shop<'a> {
        &self.0
    }
}

impl<'a> Lab<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        Self(Shop::new(app).await)
    }

    pub fn now(&self) -> String {
        self.app.clock.now().to_rfc3339()
    }

    /// Enters a backtest of all that was recorded until now, and gives its id.
    pub async fn enter(&self, from: &str, proposal: Value) -> String {
        self.enter_until(from, &self.now(), proposal).await
    }

    pub async fn enter_until(&self, from: &str, to: &str, proposal: Value) -> String {
        let input = json!({ "from": from, "to": to, "proposal": proposal });
        self.make("createBacktest", "backtest", input).await
    }

    /// Works it out, and gives what it came to.
    pub async fn backtest(&self, from: &str, proposal: Value) -> Value {
        self.backtest_until(from, &self.now(), proposal).await
    }

    pub async fn backtest_until(&self, from: &str, to: &str, proposal: Value) -> Value {
        let id = self.enter_until(from, to, proposal).await;
        assert_eq!(work(&self.app.app, &|| false).await.expect("the database answers"), 1);
        let backtest = self.read(&id).await;
        assert_eq!(backtest["status"], "DONE", "{backtest}");
        assert_eq!(backtest["progress"]["events"], backtest["progress"]["ofEvents"]);
        backtest
    }

    pub async fn read(&self, id: &str) -> Value {
        let document = format!(
            "query($id: ID!) {{ backtest(id: $id) {{ id name status from to proposal createdBy startedAt finishedAt failure
               incompleteHistory progress {{ events ofEvents }} totals {{ {DIFFERENCE} }} months {{ start differences {{ {DIFFERENCE} }} }}
               campaign {{ id }} partnerGroup {{ id }} tieredCommission {{ id }} }} }}"
        );
        self.staff().data_with(&document, json!({ "id": id })).await["backtest"].clone()
    }

    /// What partners come to in a currency, by their ids.
    pub async fn partners(&self, id: &Value, currency: &str) -> BTreeMap<String, Value> {
        let document = format!(
            "query($id: ID!, $currency: CurrencyCode!) {{ backtest(id: $id) {{
               partners(currency: $currency, first: 500) {{ nodes {{ partner {{ id }} difference {{ {DIFFERENCE} }} }} }} }} }}"
        );
        let data = self
            .staff()
            .data_with(&document, json!({ "id": id, "currency": currency }))
            .await;
        let nodes = data["backtest"]["partners"]["nodes"]
            .as_array()
            .expect("partners")
            .iter();
        nodes
            .map(|node| (text(&node["partner"]["id"]), node["difference"].clone()))
            .collect()
    }

    /// Both sides of an event.
    pub async fn event(&self, backtest: &Value, event: &Value) -> Value {
        let row = "kind term amount { amount currency } explanation { source detail amount }";
        let document = format!(
            "query($id: ID!, $event: ID!) {{ backtest(id: $id) {{ event(id: $event) {{
               event {{ id externalId }} actual {{ {row} }} proposed {{ {row} }} }} }} }}"
        );
        let variables = json!({ "id": backtest, "event": event });
        self.staff().data_with(&document, variables).await["backtest"]["event"].clone()
    }
}

/// Other terms of a campaign.
pub fn terms(campaign: &str, terms: Value) -> Value {
    json!({ "campaignTerms": { "campaignId": campaign, "terms": terms } })
}

/// A tier that does nothing: everything else is as it was.
pub fn nothing(campaigns: &[String]) -> Value {
    json!({ "tieredCommission": { "tier": {
        "name": "Nothing", "status": "INACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": campaigns, "goals": [{ "metric": "CONVERSION", "goal": "1" }],
        "payout": { "action": "INCREASE", "value": "50" },
    } } })
}

/// A difference as "10.00 -> 20.00 = 10.00; +0 -0 ^1 v0 =0".
pub fn told(difference: &Value) -> String {
    let amount = |side: &str| text(&difference[side]["amount"]);
    let count = |name: &str| difference[name].as_i64().expect("a number");
    format!(
        "{} -> {} = {}; +{} -{} ^{} v{} ={}",
        amount("actual"),
        amount("proposed"),
        amount("difference"),
        count("appeared"),
        count("disappeared"),
        count("rose"),
        count("fell"),
        count("unchanged"),
    )
}

/// Of all totals.
pub fn totals(backtest: &Value) -> Vec<String> {
    backtest["totals"]
        .as_array()
        .expect("totals")
        .iter()
        .map(told)
        .collect()
}

/// Asserts that both sides are the same, everywhere, and that everything was computed.
pub fn assert_same(backtest: &Value) {
    assert_equal(backtest);
    assert_eq!(backtest["incompleteHistory"], false);
}

/// Asserts that both sides are the same, everywhere.
pub fn assert_equal(backtest: &Value) {
    let months = backtest["months"].as_array().expect("months").iter();
    let of_months = months.flat_map(|month| month["differences"].as_array().expect("differences"));
    for difference in backtest["totals"].as_array().expect("totals").iter().chain(of_months) {
        let zero = text(&difference["difference"]["amount"]);
        assert!(zero.trim_start_matches(['0', '.']).is_empty(), "{backtest:#}");
        for count in ["appeared", "disappeared", "rose", "fell"] {
            assert_eq!(difference[count], 0, "{backtest:#}");
        }
    }
}
