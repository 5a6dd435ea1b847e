//! Tiered commissions while events are recorded, refunded and reversed.

mod busy;
mod changes;
mod crossings;
mod examples;
mod large;
mod portal;
mod random;
mod refunds;
mod windows;

use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;

use crate::ledger::{Shop, amounts, euros, merged, text};
use crate::support::TestApp;

/// A shop with one partner, and a campaign that pays 4.00 a conversion, without holdback.
pub struct Tiers<'a> {
    pub shop: Shop<'a>,
    pub partner: String,
    pub campaign: String,
}

impl<'a> Tiers<'a> {
    /// The clock stands on 1 March 2026.
    pub async fn new(app: &'a TestApp) -> Self {
        Self::paying(app, json!([{ "basis": "FIXED", "value": "4.00" }])).await
    }

    pub async fn paying(app: &'a TestApp, terms: Value) -> Self {
        Self::of("acme", app, terms).await
    }

    /// In a tenant of its own.
    pub async fn of(slug: &str, app: &'a TestApp, terms: Value) -> Self {
        let tenant = app.tenant(slug).await;
        let shop = Shop { app, tenant };
        let partner = shop.partner("ada").await;
        let campaign = shop.campaign(terms).await;
        Self {
            shop,
            partner,
            campaign,
        }
    }

    /// A tier of the campaign for all partners, monthly over all years; `more` says what it does.
    pub async fn tier(&self, more: Value) -> String {
        let input = merged(self.draft(), more);
        self.shop
            .make("createTieredCommission", "tieredCommission", input)
            .await
    }

    pub fn draft(&self) -> Value {
        json!({
            "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31",
            "period": "MONTHLY", "applyToAllPartners": true, "campaignIds": [self.campaign],
        })
    }

    pub fn conversion(&self, id: &str) -> Value {
        json!({
            "externalId": id, "kind": "CONVERSION", "partnerId": self.partner, "campaignId": self.campaign,
        })
    }

    /// Records a conversion: what it earned, and how many adjustments it caused.
    pub async fn convert(&self, id: &str, more: Value) -> (Vec<String>, i64) {
        let recorded = self.shop.record(merged(self.conversion(id), more)).await;
        let adjustments = recorded["adjustmentCount"].as_i64().expect("a number");
        (amounts(&recorded["commissions"]), adjustments)
    }

    /// Conversions without an amount, numbered from `first` to `last`; the amounts that they earned at once.
    pub async fn conversions(&self, first: u32, last: u32) -> Vec<String> {
        let mut earned = Vec::new();
        for number in first..=last {
            earned.extend(self.convert(&format!("c{number}"), json!({})).await.0);
        }
        earned
    }

    /// Everything that the partner has in the ledger, "AMOUNT" of each row, oldest first.
    pub async fn amounts(&self, kind: &str) -> Vec<String> {
        let rows = self.shop.rows(&self.partner).await;
        let rows = rows.iter().filter(|row| row["kind"] == kind);
        rows.map(|row| text(&row["amount"]["amount"])).collect()
    }

    /// The partner's accrued sum in euros.
    pub async fn accrued(&self) -> String {
        let balances = self.shop.balances(&self.partner).await;
        let balance = balances
            .iter()
            .find(|balance| balance.starts_with("EUR"))
            .expect("a balance");
        balance.split(' ').nth(1).expect("five sums").to_owned()
    }

    /// The progress as "TIER METRIC value/goal".
    pub async fn progress(&self) -> Vec<String> {
        let document = "query($id: ID!) { partner(id: $id) {
            tierProgress { tier campaign { id } metric value goal max windowStart windowEnd } } }";
        let data = self
            .shop
            .staff()
            .data_with(document, json!({ "id": self.partner }))
            .await;
        let all = data["partner"]["tierProgress"].as_array().expect("a list").iter();
        all.map(|one| {
            let [tier, metric, value, goal] = ["tier", "metric", "value", "goal"].map(|name| text(&one[name]));
            format!("{tier} {metric} {value}/{goal}")
        })
        .collect()
    }

    /// The event's revenue as "final adjustment adjustment ...", oldest adjustment first.
    pub async fn revenue(&self, id: &str) -> Vec<String> {
        let document = "query($id: String!) { event(externalId: $id) {
            finalRevenue { amount currency } revenueAdjustments(last: 100) { totalCount nodes { amount { amount } tieredCommission { name } at } } } }";
        let data = self.shop.staff().data_with(document, json!({ "id": id })).await;
        let event = &data["event"];
        let mut all = vec![event["finalRevenue"]["amount"].as_str().unwrap_or("none").to_owned()];
        let mut adjustments = amounts(&event["revenueAdjustments"]["nodes"]);
        assert_eq!(event["revenueAdjustments"]["totalCount"], adjustments.len());
        adjustments.reverse();
        all.extend(adjustments);
        all
    }

    /// The ledger must agree with itself, counters included.
    pub async fn assert_sound(&self) {
        let findings = verify(&self.shop.app.app, &self.shop.tenant).await.expect("no fault");
        assert_eq!(findings, []);
    }
}

pub fn goal(metric: &str, goal: &str) -> Value {
    json!([{ "metric": metric, "goal": goal }])
}

pub fn acts(action: &str, value: &str) -> Value {
    json!({ "action": action, "value": value })
}

pub fn amount(amount: &str) -> Value {
    json!({ "amount": euros(amount) })
}
