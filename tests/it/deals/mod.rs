//! Deals move through the pipeline, and commission rules pay for it: once, by the version that began it, and what the
//! simulation said.

mod costs;
mod examples;
mod forecast;
mod immutable;
mod individuals;
mod lists;
mod losing;
mod pipeline;
mod portal;
mod races;
mod random;
mod renewals;
mod rows;
mod rules;
mod selection;
mod triggers;
mod values;
mod versions;

use std::cell::Cell;
use std::ops::Deref;

use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;

use crate::ledger::{ROW, Shop, amounts, euros, merged, text};
use crate::support::TestApp;

/// A tenant with a partner of the type AFFILIATE, a pipeline of four stages, and a custom field with three options.
pub struct Sales<'a> {
    shop: Shop<'a>,
    pub partner: String,
    pub open: String,
    pub qualified: String,
    pub won: String,
    pub lost: String,
    /// "Size": small, medium, large.
    pub field: String,
    pub options: [String; 3],
    renewals: Cell<u32>,
}

impl<'a> Deref for Sales<'a> {
    type Target = Shop<'a>;

    fn deref(&self) -> &Shop<'a> {
        &self.shop
    }
}

impl<'a> Sales<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let shop = Shop::new(app).await;
        let partner = shop.partner("ann").await;
        let mut stages = Vec::new();
        for (position, (label, outcome)) in [
            ("Open", "OPEN"),
            ("Qualified", "OPEN"),
            ("Won", "WON"),
            ("Lost", "LOST"),
        ]
        .into_iter()
        .enumerate()
        {
            let input = json!({ "label": label, "position": position, "outcome": outcome });
            stages.push(shop.make("createPaymentStage", "paymentStage", input).await);
        }
        let [open, qualified, won, lost] = stages.try_into().expect("four stages");
        let (field, options) = field(&shop, "Size", &["small", "medium", "large"]).await;
        Self {
            shop,
            partner,
            open,
            qualified,
            won,
            lost,
            field,
            options: options.try_into().expect("three options"),
            renewals: Cell::new(0),
        }
    }

    /// A rule for affiliates with these entries.
    pub async fn rule(&self, entries: Value) -> String {
        self.rule_with(entries, json!({})).await
    }

    pub async fn rule_with(&self, entries: Value, more: Value) -> String {
        let input = json!({ "label": "Rule", "partnerType": "AFFILIATE", "entries": entries });
        self.make("createCommissionRule", "commissionRule", merged(input, more))
            .await
    }

    pub async fn change_rule(&self, rule: &str, changes: Value) -> Value {
        let selection = "commissionRule { version archivedAt }";
        let input = merged(changes, json!({ "id": rule }));
        self.staff().done("updateCommissionRule", input, selection).await["commissionRule"].clone()
    }

    /// Deletes or archives a rule.
    pub async fn delete_rule(&self, rule: &str) {
        let deleted = self
            .staff()
            .done("deleteCommissionRule", json!({ "id": rule }), "deletedId")
            .await;
        assert_eq!(deleted["deletedId"], rule);
    }

    /// A deal of the partner in euros that has not entered the pipeline.
    pub async fn deal(&self, value: &str) -> String {
        self.deal_with(value, json!({})).await
    }

    pub async fn deal_with(&self, value: &str, more: Value) -> String {
        text(&self.created(value, more).await["deal"]["id"])
    }

    /// What creating a deal answers.
    pub async fn created(&self, value: &str, more: Value) -> Value {
        let input = json!({ "name": "Deal", "partnerId": self.partner, "value": euros(value) });
        self.staff().done("createDeal", merged(input, more), &selection()).await
    }

    /// Moves a deal; gives the amounts that this made due.
    pub async fn enter(&self, deal: &str, stage: &str) -> Vec<String> {
        let input = json!({ "id": deal, "stageId": stage });
        amounts(&self.staff().done("moveDeal", input, &selection()).await["commissions"])
    }

    /// Changes a deal; gives the amounts that this made due.
    pub async fn change(&self, deal: &str, changes: Value) -> Vec<String> {
        let input = merged(changes, json!({ "id": deal }));
        amounts(&self.staff().done("updateDeal", input, &selection()).await["commissions"])
    }

    /// Makes a deal bear one option; gives the amounts that this made due.
    pub async fn bear(&self, deal: &str, option: &str) -> Vec<String> {
        self.change(deal, self.bearing(option)).await
    }

    /// The member of a deal's input that gives it an option.
    pub fn bearing(&self, option: &str) -> Value {
        json!({ "customFields": [{ "customFieldId": self.field, "optionId": option }] })
    }

    /// Renews a deal under a key of its own; gives the amounts that this made due.
    pub async fn renew(&self, deal: &str) -> Vec<String> {
        self.renewals.set(self.renewals.get() + 1);
        let key = format!("renewal {}", self.renewals.get());
        amounts(&self.renewed(deal, &key).await["commissions"])
    }

    pub async fn renewed(&self, deal: &str, key: &str) -> Value {
        let input = json!({ "id": deal, "idempotencyKey": key });
        self.staff().done("recordDealRenewal", input, &selection()).await
    }

    /// The rows of a deal, oldest first.
    pub async fn rows_of(&self, deal: &str) -> Vec<Value> {
        let document = format!(
            "query($id: ID!) {{ deal(id: $id) {{ commissions(first: 500) {{ nodes {{ {ROW} recipient \
             deal {{ id }} }} pageInfo {{ hasNextPage }} }} }} }}"
        );
        let data = self.staff().data_with(&document, json!({ "id": deal })).await;
        let list = &data["deal"]["commissions"];
        assert_eq!(list["pageInfo"]["hasNextPage"], false);
        let mut rows = list["nodes"].as_array().expect("rows").clone();
        rows.reverse();
        for row in &rows {
            assert_eq!((&row["kind"], &row["deal"]["id"]), (&json!("DEAL"), &json!(deal)));
        }
        rows
    }

    /// The rows of a deal as "STATUS amount", oldest first.
    pub async fn paid(&self, deal: &str) -> Vec<String> {
        let rows = self.rows_of(deal).await;
        let short = rows
            .iter()
            .map(|row| format!("{} {}", text(&row["status"]), text(&row["amount"]["amount"])));
        short.collect()
    }

    /// What a stored rule pays for a deal in euros on its way.
    pub async fn simulated(&self, rule: &str, value: &str, path: &[&String], more: Value) -> Vec<Value> {
        let deal = merged(json!({ "value": euros(value), "stagePath": path }), more);
        let input = json!({ "commissionRuleId": rule, "deal": deal });
        let selection = "payments { commissionRule { id } paymentStage { id } paymentTarget entry part occurrence \
            amount { amount currency } recipient explanation { source outcome detail amount } }";
        let payload = self.staff().done("simulateCommissionRule", input, selection).await;
        payload["payments"].as_array().expect("payments").clone()
    }

    /// Whatever happened: the partner's rows, balances and histories agree, and `verify` finds nothing.
    pub async fn assert_fine(&self) {
        self.assert_sound(&self.partner).await;
        let findings = verify(&self.app.app, &self.tenant).await.expect("it runs");
        assert!(findings.is_empty(), "{findings:?}");
    }
}

/// A custom field with these options; gives their ids.
pub async fn field(shop: &Shop<'_>, label: &str, options: &[&str]) -> (String, Vec<String>) {
    let options: Vec<_> = options.iter().map(|label| json!({ "label": label })).collect();
    let input = json!({ "label": label, "options": options });
    let selection = "customField { id options { id } }";
    let made = shop.staff().done("createCustomField", input, selection).await["customField"].clone();
    let options = made["options"].as_array().expect("options").iter();
    (text(&made["id"]), options.map(|option| text(&option["id"])).collect())
}

fn selection() -> String {
    format!("deal {{ id stage {{ id }} renewals }} commissions {{ {ROW} recipient }}")
}

pub fn percent(value: &str) -> Value {
    json!({ "valueType": "PERCENTAGE", "value": value })
}

pub fn fixed(value: &str) -> Value {
    json!({ "valueType": "FIXED", "value": value })
}

/// An entry that pays once.
pub fn one_off(stage: &str, part: Value) -> Value {
    json!({ "paymentStageId": stage, "oneOff": part })
}

/// An entry that pays with every renewal.
pub fn recurring(stage: &str, part: Value) -> Value {
    json!({ "paymentStageId": stage, "recurring": part })
}
