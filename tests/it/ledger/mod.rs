//! The ledger: events in, commissions out, approved, paid and reversed, with nothing lost or doubled.

mod batches;
mod costs;
mod customers;
mod events;
mod examples;
mod immutable;
mod inputs;
mod items;
mod large;
mod lists;
mod payouts;
mod portal;
mod refunds;
mod reviews;
mod scenario;
mod simulation;
mod sound;
mod trials;
mod windows;

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tributary::domain::tenant::Tenant;

use crate::support::{Client, TestApp};

/// What tests look at in a row.
pub const ROW: &str = "id kind status paymentTarget amount { amount currency } accruedAt matureAt holdbackDays approvedAt paidAt \
    reversedAt adjusts { id } payout { id } snapshot { id } campaign { id } partner { id } event { externalId } \
    explanation { source outcome detail amount } transitions { from to actor reason at }";

/// A tenant (base currency EUR, Europe/Berlin) and its staff.
pub struct Shop<'a> {
    pub app: &'a TestApp,
    pub tenant: Tenant,
}

impl<'a> Shop<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        Self::of(app, "acme").await
    }

    pub async fn of(app: &'a TestApp, slug: &str) -> Self {
        let tenant = app.tenant(slug).await;
        Self { app, tenant }
    }

    /// A client of the staff; a fresh one, since tests move the clock past a token's life.
    pub fn staff(&self) -> Client {
        self.app.staff(&self.tenant, "admin")
    }

    pub fn days_later(&self, days: u64) {
        self.app.clock.advance(Duration::from_secs(days * 24 * 3600));
    }

    pub async fn make(&self, field: &str, made: &str, input: Value) -> String {
        let payload = self.staff().done(field, input, &format!("{made} {{ id }}")).await;
        payload[made]["id"].as_str().expect("an id").to_owned()
    }

    pub async fn partner(&self, name: &str) -> String {
        self.partner_with(name, json!({})).await
    }

    pub async fn partner_with(&self, name: &str, more: Value) -> String {
        let input = json!({ "name": name, "email": format!("{name}@example.com") });
        self.make("createPartner", "partner", merged(input, more)).await
    }

    /// A campaign with these terms and no holdback.
    pub async fn campaign(&self, terms: Value) -> String {
        self.campaign_with(json!({ "terms": terms })).await
    }

    pub async fn campaign_with(&self, more: Value) -> String {
        self.make("createCampaign", "campaign", merged(json!({ "name": "Offer" }), more))
            .await
    }

    /// A campaign that pays a percentage of every event.
    pub async fn percent(&self, value: &str) -> String {
        self.campaign(json!([{ "basis": "PERCENT", "value": value }])).await
    }

    /// Records an event that must be fine.
    pub async fn record(&self, input: Value) -> Value {
        let selection = format!(
            "event {{ id externalId amount {{ amount currency }} refundedAmount {{ amount }} \
            attribution {{ id partner {{ id }} campaign {{ id }} }} customer {{ id externalId acquiredAt }} }} \
            commissions {{ {ROW} }} adjustmentCount duplicate"
        );
        self.staff().done("recordEvent", input, &selection).await
    }

    /// What is wrong with an event.
    pub async fn refused(&self, input: Value) -> Vec<String> {
        self.staff().problems("recordEvent", input, "event").await
    }

    /// Records a charge in euros and gives the id of the one row that it earned.
    pub async fn sale(&self, id: &str, partner: &str, campaign: &str, amount: &str) -> String {
        let recorded = self.record(charge(id, partner, campaign, amount)).await;
        let rows = recorded["commissions"].as_array().expect("rows");
        assert_eq!(rows.len(), 1, "{recorded}");
        text(&rows[0]["id"])
    }

    /// The amounts that an event earned.
    pub async fn earned(&self, input: Value) -> Vec<String> {
        amounts(&self.record(input).await["commissions"])
    }

    pub async fn refund(&self, id: &str, original: &str, amount: Option<&str>) -> Value {
        self.record(refund(id, original, amount)).await
    }

    pub async fn row(&self, id: &str) -> Value {
        let document = format!("query($id: ID!) {{ commission(id: $id) {{ {ROW} }} }}");
        self.staff().data_with(&document, json!({ "id": id })).await["commission"].clone()
    }

    pub async fn status(&self, id: &str) -> String {
        text(&self.row(id).await["status"])
    }

    /// All rows of a partner, oldest first, with everything that tests look at.
    pub async fn rows(&self, partner: &str) -> Vec<Value> {
        let document = format!(
            "query($id: ID!) {{ commissions(first: 500, filter: {{ partnerId: $id }}, \
            orderBy: {{ direction: ASC }}) {{ nodes {{ {ROW} }} pageInfo {{ hasNextPage }} }} }}"
        );
        let list = self.staff().data_with(&document, json!({ "id": partner })).await["commissions"].clone();
        assert_eq!(list["pageInfo"]["hasNextPage"], false);
        list["nodes"].as_array().expect("rows").clone()
    }

    /// The rows of a partner as "KIND STATUS amount", oldest first.
    pub async fn ledger(&self, partner: &str) -> Vec<String> {
        let rows = self.rows(partner).await;
        rows.iter().map(summary).collect()
    }

    /// Approves, overriding the holdback; all must be fine.
    pub async fn approve(&self, ids: &[&str]) {
        let input = json!({ "ids": ids, "overrideHoldbackReason": "agreed" });
        let answers = self.answers("approveCommissions", input).await;
        assert!(answers.iter().all(String::is_empty), "{answers:?}");
    }

    pub async fn reverse(&self, ids: &[&str]) -> Vec<String> {
        self.answers("reverseCommissions", json!({ "ids": ids, "reason": "mistake" }))
            .await
    }

    /// The codes of the problems of each answer; empty: done.
    pub async fn answers(&self, field: &str, input: Value) -> Vec<String> {
        let list = self.staff().mutate(field, input, "id commission { id status }").await;
        let answers = list.as_array().expect("answers").iter();
        answers
            .map(|answer| {
                let codes: Vec<_> = answer["userErrors"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|error| text(&error["code"]))
                    .collect();
                codes.join(" ")
            })
            .collect()
    }

    /// Runs a payout over everything and gives its payouts.
    pub async fn run(&self, input: Value) -> Vec<Value> {
        let selection =
            "payoutRun { id payouts(first: 100) { nodes { id status amount { amount currency } partner { id }
            commissions(first: 100) { nodes { id } } } } }";
        let payload = self.staff().done("createPayoutRun", input, selection).await;
        payload["payoutRun"]["payouts"]["nodes"]
            .as_array()
            .expect("payouts")
            .clone()
    }

    pub async fn settle(&self, payout: &Value, status: &str) {
        let input = json!({ "id": payout["id"], "status": status });
        let settled = self
            .staff()
            .done("settlePayout", input, "payout { status settledAt }")
            .await;
        assert_eq!(settled["payout"]["status"], status);
        assert!(settled["payout"]["settledAt"].is_string());
    }

    /// Pays out everything that can be.
    pub async fn pay(&self) -> Vec<Value> {
        let payouts = self.run(json!({})).await;
        for payout in &payouts {
            self.settle(payout, "PAID").await;
        }
        payouts
    }

    /// The partner's balances as "EUR accrued approved paid reversed payable", by currency.
    pub async fn balances(&self, partner: &str) -> Vec<String> {
        let document =
            "query($id: ID!) { partner(id: $id) { balances { currency accrued approved paid reversed payable } } }";
        let data = self.staff().data_with(document, json!({ "id": partner })).await;
        let balances = data["partner"]["balances"].as_array().expect("balances").iter();
        balances
            .map(|balance| {
                let names = ["currency", "accrued", "approved", "paid", "reversed", "payable"];
                names.map(|name| text(&balance[name])).join(" ")
            })
            .collect()
    }

    pub async fn lifetime_value(&self, partner: &str) -> Vec<String> {
        let document = "query($id: ID!) { partner(id: $id) { lifetimeValue { amount currency } } }";
        let data = self.staff().data_with(document, json!({ "id": partner })).await;
        let values = data["partner"]["lifetimeValue"].as_array().expect("values").iter();
        values
            .map(|value| format!("{} {}", text(&value["amount"]), text(&value["currency"])))
            .collect()
    }
}

/// A charge in euros.
pub fn charge(id: &str, partner: &str, campaign: &str, amount: &str) -> Value {
    json!({
        "externalId": id, "kind": "CHARGE", "amount": euros(amount), "partnerId": partner, "campaignId": campaign,
    })
}

pub fn refund(id: &str, original: &str, amount: Option<&str>) -> Value {
    json!({ "externalId": id, "kind": "REFUND", "originalExternalId": original, "amount": amount.map(euros) })
}

pub fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// `base` with the members of `more` over it.
pub fn merged(mut base: Value, more: Value) -> Value {
    for (name, value) in more.as_object().expect("an object") {
        base[name] = value.clone();
    }
    base
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {value}"))
        .to_owned()
}

pub fn decimal(value: &Value) -> Decimal {
    text(value).parse().expect("a decimal")
}

pub fn amounts(rows: &Value) -> Vec<String> {
    rows.as_array()
        .expect("rows")
        .iter()
        .map(|row| text(&row["amount"]["amount"]))
        .collect()
}

pub fn summary(row: &Value) -> String {
    format!(
        "{} {} {}",
        text(&row["kind"]),
        text(&row["status"]),
        text(&row["amount"]["amount"])
    )
}
