//! Simulating commission rules.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::input::CreateCommissionRuleInput;
use crate::graphql::context::mutation;
use crate::graphql::deal::{CustomFieldValueInput, SimulatedPayment, values};
use crate::graphql::error::Nullable;
use crate::graphql::input::{MoneyInput, id_text, id_texts};
use crate::graphql::user_error::{UserError, answer};
use service::commission_rule::{NewCommissionRule, SimulatedDeal, simulate};

/// A rule, and a deal to try it on. Exactly one of commissionRuleId and rule is given.
#[derive(InputObject)]
pub struct SimulateCommissionRuleInput {
    /// A stored rule.
    pub commission_rule_id: Option<ID>,
    /// Or a rule that is not stored.
    pub rule: Option<CreateCommissionRuleInput>,
    /// The deal.
    pub deal: SimulatedDealInput,
}

/// A deal to try a rule on.
#[derive(InputObject)]
pub struct SimulatedDealInput {
    /// What it is worth, at least 0; may have more digits than its currency.
    pub value: MoneyInput,
    /// The stages that it enters, in order; 1 to 100.
    pub stage_path: Vec<ID>,
    /// The options that it bears.
    pub custom_fields: Option<Vec<CustomFieldValueInput>>,
    /// How often it is renewed after that, 0 to 1,000.
    #[graphql(default)]
    pub renewals: i32,
    /// The individual who registered it.
    pub lead_creator: Option<String>,
    /// The individual who owns it.
    pub owner: Option<String>,
}

/// What a rule would pay.
#[derive(SimpleObject)]
pub struct SimulateCommissionRulePayload {
    /// The payments in the order in which they become due, payments of 0 included; null if there is something to mend.
    pub payments: Option<Vec<SimulatedPayment>>,
    /// What to mend; empty: it is done.
    pub user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct SimulateRuleMutation;

#[Object]
impl SimulateRuleMutation {
    /// What a rule, were it the only one, would pay for a deal, by the functions that pay real ones. Its filters of
    /// partners do not count. Writes nothing. Needs `commission_rules:write`, and `commission_rules:read` for a stored rule.
    async fn simulate_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule and the deal.")] input: SimulateCommissionRuleInput,
    ) -> Nullable<SimulateCommissionRulePayload> {
        let request = mutation(ctx).await;
        let stored = input.commission_rule_id.map(id_text);
        let inline = input.rule.map(NewCommissionRule::from);
        let deal = SimulatedDeal {
            value: (input.deal.value.amount.0, input.deal.value.currency.0),
            stage_path: id_texts(input.deal.stage_path),
            fields: values(input.deal.custom_fields.unwrap_or_default()),
            renewals: input.deal.renewals,
            lead_creator: input.deal.lead_creator,
            owner: input.deal.owner,
        };
        let result = simulate(&request.app, &request.caller, stored, inline, deal).await;
        Some(
            answer(result).map(|(simulated, user_errors)| SimulateCommissionRulePayload {
                payments: simulated.map(|simulated| {
                    let is_stored = simulated.rule.is_some();
                    let payments = simulated.payments.into_iter();
                    payments.map(|due| SimulatedPayment::of(due, is_stored)).collect()
                }),
                user_errors,
            }),
        )
    }
}
