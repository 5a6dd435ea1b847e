//! The pipeline of a programme: stages, a custom field, a deal of each partner, and the rule that paid for both.

use serde_json::{Value, json};

use super::made_id;
use crate::support::Client;

pub struct Pipeline {
    /// A's deal stands in it.
    pub stage: String,
    /// B's deal stands in it.
    pub other_stage: String,
    pub field: String,
    /// A's deal bears it.
    pub option: String,
    /// Nothing refers to it.
    pub free_field: String,
    pub free_option: String,
    pub rule: String,
    pub deal: String,
    pub other_deal: String,
    /// What A's deal earned, and B's.
    pub commission: String,
    pub other_commission: String,
}

impl Pipeline {
    pub async fn new(staff: &Client, own: &str, other: &str, partners: [&String; 2]) -> Self {
        let make = async |field: &str, made: &str, input: Value| made_id(staff, field, made, input).await;
        let mut stages = Vec::new();
        for (name, position) in [(own, 1), (other, 2)] {
            let stage = json!({
                "label": format!("{name} stage"), "position": position, "externalId": format!("hidden-{name}-stage"),
            });
            stages.push(make("createPaymentStage", "paymentStage", stage).await);
        }
        let (field, mut options) = field(staff, own, &[own, other]).await;
        let (free_field, free_options) = self::field(staff, "hidden", &["hidden"]).await;
        let fixed = json!({ "valueType": "FIXED", "value": "7", "scaling": {
            "customFieldId": field, "tiers": [{ "optionId": options[0], "value": "8" }],
        } });
        let entry = |stage: &String| json!({ "paymentStageId": stage, "oneOff": fixed });
        let rule = json!({
            "label": "hidden rule", "externalId": "hidden-rule", "partnerType": "AFFILIATE", "partnerIds": partners,
            "entries": [entry(&stages[0]), entry(&stages[1])],
        });
        let rule = make("createCommissionRule", "commissionRule", rule).await;
        let (mut deals, mut commissions) = (Vec::new(), Vec::new());
        for (index, name) in [own, other].into_iter().enumerate() {
            let deal = json!({
                "name": format!("{name} deal"), "externalId": format!("{name}-deal"), "partnerId": partners[index],
                "value": { "amount": "100", "currency": "USD" }, "stageId": stages[index],
                "leadCreator": format!("{name} creator"), "owner": format!("{name} owner"),
                "customFields": [{ "customFieldId": field, "optionId": options[index] }],
            });
            let made = staff.done("createDeal", deal, "deal { id } commissions { id }").await;
            let text = |value: &Value| value.as_str().expect("an id").to_owned();
            deals.push(text(&made["deal"]["id"]));
            commissions.push(text(&made["commissions"][0]["id"]));
        }
        let [deal, other_deal] = deals.try_into().expect("two deals");
        let [commission, other_commission] = commissions.try_into().expect("two commissions");
        let [stage, other_stage] = stages.try_into().expect("two stages");
        let option = options.swap_remove(0);
        Self {
            stage,
            other_stage,
            field,
            option,
            free_field,
            free_option: free_options[0].clone(),
            rule,
            deal,
            other_deal,
            commission,
            other_commission,
        }
    }

    /// Every id of it.
    pub fn ids(&self) -> Vec<&String> {
        vec![
            &self.stage,
            &self.other_stage,
            &self.field,
            &self.free_field,
            &self.rule,
            &self.deal,
            &self.other_deal,
            &self.commission,
            &self.other_commission,
        ]
    }
}

/// A custom field with an option for each name; gives their ids.
async fn field(staff: &Client, name: &str, options: &[&str]) -> (String, Vec<String>) {
    let options: Vec<_> = options
        .iter()
        .map(|name| json!({ "label": format!("{name} option"), "externalId": format!("hidden-{name}-option") }))
        .collect();
    let input =
        json!({ "label": format!("{name} field"), "externalId": format!("hidden-{name}-field"), "options": options });
    let made = staff
        .done("createCustomField", input, "customField { id options { id } }")
        .await;
    let field = &made["customField"];
    let ids = field["options"].as_array().expect("options").iter();
    let ids = ids.map(|option| option["id"].as_str().expect("an id").to_owned());
    (field["id"].as_str().expect("an id").to_owned(), ids.collect())
}
