//! Simulating the rules of partner groups.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::rule_input::PartnerGroupRuleInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::rows::{Plain, PlainObject, SubSelection, unwritten};
use crate::graphql::scalar::{CurrencyCode, Decimal};
use crate::graphql::user_error::{UserError, answer};
use domain::group_rules::ScenarioDraft;
use service::partner_group::{RulesSource, SimulatedFee, simulate};
use store::view::JsonText;

/// Rules and charges for a simulation. Exactly one of `partnerGroupId` and `rules` is required.
#[derive(InputObject)]
pub struct SimulatePartnerGroupInput {
    /// The group whose rules are simulated.
    pub partner_group_id: Option<ID>,
    /// Rules that are not stored.
    pub rules: Option<Vec<PartnerGroupRuleInput>>,
    /// The charges, 1 to 500.
    pub scenarios: Vec<PartnerGroupScenarioInput>,
    /// The currency of the charges; by default the group's, else the tenant's.
    pub currency: Option<CurrencyCode>,
}

/// A charge and the inputs of the rules.
#[derive(Clone, InputObject)]
pub struct PartnerGroupScenarioInput {
    /// The amount of the charge; it may have more digits than the currency.
    pub charge_amount: Decimal,
    /// The month of the customer's life, from 1; 0 is read as 1.
    pub customer_months: i32,
    /// The partner's lifetime value before the charge, in the charge's currency.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub partner_ltv: Decimal,
    /// The number of the partner's customers with a paid charge before this one.
    #[graphql(default = 0)]
    pub qualified_customers: i32,
    /// Whether the charge brings the partner's first paying customer.
    #[graphql(default = false)]
    pub first_paid_customer_bootstrap: bool,
}

/// The result of simulating group rules.
#[derive(SimpleObject)]
pub struct SimulatePartnerGroupPayload {
    /// One result per scenario, in the same order; null if there are user errors.
    pub results: Option<Plain<PartnerGroupSimulation>>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

/// What the rules would pay for one charge.
#[derive(Clone, SimpleObject)]
pub struct PartnerGroupSimulation {
    /// The fee, rounded half away from zero to the currency's digits.
    pub final_fee: Money,
    /// Base and upgrades together in percent, at most 100, regardless of bonuses and gates.
    pub effective_percentage: Decimal,
    /// Every rule and its outcome, in the order of evaluation. The amounts of the steps add up to the fee.
    pub explanation: Vec<ExplanationStep>,
}

impl PlainObject for PartnerGroupSimulation {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "finalFee" => below.object(&self.final_fee, json),
            "effectivePercentage" => json.plain(self.effective_percentage.0),
            "explanation" => below.list(&self.explanation, json),
            _ => unwritten(self, field, json),
        }
    }
}

impl From<SimulatedFee> for PartnerGroupSimulation {
    fn from(simulated: SimulatedFee) -> Self {
        Self {
            final_fee: simulated.fee.fee.into(),
            effective_percentage: Decimal(simulated.fee.effective_percentage.value()),
            explanation: simulated.steps.into_iter().map(ExplanationStep::from).collect(),
        }
    }
}

impl From<PartnerGroupScenarioInput> for ScenarioDraft {
    fn from(input: PartnerGroupScenarioInput) -> Self {
        Self {
            charge_amount: input.charge_amount.0,
            customer_months: input.customer_months,
            partner_ltv: input.partner_ltv.0,
            qualified_customers: input.qualified_customers,
            first_paid_customer_bootstrap: input.first_paid_customer_bootstrap,
        }
    }
}

#[derive(Default)]
pub struct SimulatePartnerGroupMutation;

#[Object]
impl SimulatePartnerGroupMutation {
    /// Simulates what the rules of a group, or rules that are not stored, would pay for charges. Writes nothing. Needs
    /// `partner_groups:write`, and `partner_groups:read` for the rules of a group.
    async fn simulate_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rules and the charges.")] input: SimulatePartnerGroupInput,
    ) -> Nullable<SimulatePartnerGroupPayload> {
        let request = mutation(ctx).await;
        let source = RulesSource {
            group: input.partner_group_id.map(Into::into),
            inline: input.rules.map(each),
        };
        let scenarios: Vec<_> = input.scenarios.into_iter().map(ScenarioDraft::from).collect();
        let currency = input.currency.map(Into::into);
        // Building the steps costs more than the sum itself, so they are built only if selected.
        let explain = ctx.look_ahead().field("results").field("explanation").exists();
        let result = simulate(&request.app, &request.caller, source, &scenarios, currency, explain).await;
        Some(
            answer(result).map(|(results, user_errors)| SimulatePartnerGroupPayload {
                results: results.map(|results| Plain(results.into_iter().map(PartnerGroupSimulation::from).collect())),
                user_errors,
            }),
        )
    }
}
