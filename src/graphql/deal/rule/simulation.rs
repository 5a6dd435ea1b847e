//! Simulating commission rules.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::input::CreateCommissionRuleInput;
use crate::graphql::context::mutation;
use crate::graphql::deal::{CustomFieldValueInput, SimulatedPayment};
use crate::graphql::error::Nullable;
use crate::graphql::input::{MoneyInput, each};
use crate::graphql::user_error::{UserError, answer};
use service::commission_rule::{NewCommissionRule, SimulatedDeal, simulate};

/// A rule and a deal for a simulation. Exactly one of `commissionRuleId` and `rule` is required.
#[derive(InputObject)]
pub struct SimulateCommissionRuleInput {
    /// A stored rule.
    pub commission_rule_id: Option<ID>,
    /// A rule that is not stored.
    pub rule: Option<CreateCommissionRuleInput>,
    /// The deal.
    pub deal: SimulatedDealInput,
}

/// A deal for a simulation.
#[derive(InputObject)]
pub struct SimulatedDealInput {
    /// Its value, at least 0; may have more digits than its currency.
    pub value: MoneyInput,
    /// The stages that it enters, in order; 1 to 100.
    pub stage_path: Vec<ID>,
    /// The options set on the deal.
    pub custom_fields: Option<Vec<CustomFieldValueInput>>,
    /// The number of renewals after that, 0 to 1,000.
    #[graphql(default)]
    pub renewals: i32,
    /// The individual who registered it.
    pub lead_creator: Option<String>,
    /// The individual who owns it.
    pub owner: Option<String>,
}

/// The result of simulating a commission rule.
#[derive(SimpleObject)]
pub struct SimulateCommissionRulePayload {
    /// The payments in the order in which they become due, including payments of 0; null if there are user errors.
    pub payments: Option<Vec<SimulatedPayment>>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct SimulateRuleMutation;

#[Object]
impl SimulateRuleMutation {
    /// Simulates what a rule would pay for a deal if it were the only rule, with the same calculation as real payments.
    /// Its partner filters are ignored. Writes nothing. Needs `commission_rules:write`, and `commission_rules:read` for
    /// a stored rule.
    async fn simulate_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule and the deal.")] input: SimulateCommissionRuleInput,
    ) -> Nullable<SimulateCommissionRulePayload> {
        let request = mutation(ctx).await;
        let stored = input.commission_rule_id.map(Into::into);
        let inline = input.rule.map(NewCommissionRule::from);
        let deal = SimulatedDeal {
            value: input.deal.value.into(),
            stage_path: each(input.deal.stage_path),
            fields: each(input.deal.custom_fields.unwrap_or_default()),
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
