//! Simulating tiered commissions.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::counter::TierCounter;
use super::input::CreateTieredCommissionInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::graphql::user_error::{UserError, answer};
use domain::tiered::{self, ConversionDraft, Tier};
use service::tiered_commission::{SimulatedTiers, TierSimulation, simulate};

/// Tiers, and conversions of one partner in one campaign, for a simulation. Exactly one of `tieredCommissionIds` and
/// `tiers` is required.
#[derive(InputObject)]
pub struct SimulateTieredCommissionInput {
    /// 1 to 50 stored tiers, oldest first.
    pub tiered_commission_ids: Option<Vec<ID>>,
    /// 1 to 50 tiers that are not stored, oldest first. Each applies to the partner and the campaign, and to all
    /// conversions whatever its event type, so its partners, campaigns and advertisers may be left out.
    pub tiers: Option<Vec<CreateTieredCommissionInput>>,
    /// 1 to 1,000 conversions in the order of recording.
    pub conversions: Vec<SimulatedConversionInput>,
    /// The currency of the conversions, and of unstored tiers that have none; by default the currency that all the
    /// tiers share, else the tenant's.
    pub currency: Option<CurrencyCode>,
}

/// A conversion for a simulation. Amounts are at least 0 and may have more digits than the currency.
#[derive(Clone, Copy, InputObject)]
pub struct SimulatedConversionInput {
    /// When it happens.
    pub occurred_at: DateTime,
    /// The sale amount.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub sale_amount: Decimal,
    /// What it pays the partner, before any tier.
    pub base_payout: Decimal,
    /// Its revenue, before any tier.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub base_revenue: Decimal,
    /// Whether it counts as a conversion; if false, as an event.
    #[graphql(default = true)]
    pub base: bool,
}

/// The result of simulating tiered commissions.
#[derive(SimpleObject)]
pub struct SimulateTieredCommissionPayload {
    /// One result per conversion, in the same order; null if there are user errors.
    pub conversions: Option<Vec<SimulatedConversion>>,
    /// The total payout, including adjustments; null if there are user errors.
    pub total_payout: Option<Money>,
    /// The total revenue, including adjustments; null if there are user errors.
    pub total_revenue: Option<Money>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

/// The result for one conversion.
#[derive(Clone, SimpleObject)]
pub struct SimulatedConversion {
    /// Its payout, without later adjustments.
    pub payout: Money,
    /// Its revenue, without later adjustments.
    pub revenue: Money,
    /// The name of the tier that changed the payout; null if none did.
    pub payout_tier: Option<String>,
    /// The name of the tier that changed the revenue; null if none did.
    pub revenue_tier: Option<String>,
    /// The payout adjustments that it causes by reaching the goals of tiers with a retroactive change.
    pub adjustments: Vec<SimulatedAdjustment>,
    /// The revenue adjustments that it causes.
    pub revenue_adjustments: Vec<SimulatedAdjustment>,
    /// The progress, including this conversion, towards the goals of the tiers in whose dates it lies.
    pub counters: Vec<TierCounter>,
    /// How the payout, the revenue and the adjustments were calculated.
    pub explanation: Vec<ExplanationStep>,
}

/// An adjustment of an earlier conversion, or of the one that caused it.
#[derive(Clone, SimpleObject)]
pub struct SimulatedAdjustment {
    /// The index of the adjusted conversion, from 0.
    pub conversion: usize,
    /// The change.
    pub amount: Money,
    /// The name of the tier.
    pub tier: String,
}

impl SimulatedConversion {
    fn of(simulated: tiered::Simulated, tiers: &[Tier]) -> Self {
        let name = |index: usize| tiers[index].name.clone();
        let adjustments = |list: Vec<tiered::SimulatedAdjustment>| {
            let adjustments = list.into_iter().map(|adjustment| SimulatedAdjustment {
                conversion: adjustment.conversion,
                amount: adjustment.amount.into(),
                tier: name(adjustment.tier),
            });
            adjustments.collect()
        };
        let counters = simulated.counters.iter().flat_map(|(index, goals)| {
            let tier = &tiers[*index].name;
            goals.iter().map(|progress| TierCounter::of(tier, None, progress))
        });
        Self {
            payout: simulated.payout.into(),
            revenue: simulated.revenue.into(),
            payout_tier: simulated.payout_tier.map(name),
            revenue_tier: simulated.revenue_tier.map(name),
            counters: counters.collect(),
            adjustments: adjustments(simulated.adjustments),
            revenue_adjustments: adjustments(simulated.revenue_adjustments),
            explanation: simulated.explanation.into_iter().map(ExplanationStep::from).collect(),
        }
    }
}

impl SimulateTieredCommissionPayload {
    fn of(simulated: Option<SimulatedTiers>, user_errors: Vec<UserError>) -> Self {
        let Some(SimulatedTiers { tiers, simulation }) = simulated else {
            return Self {
                conversions: None,
                total_payout: None,
                total_revenue: None,
                user_errors,
            };
        };
        let conversions = simulation.conversions.into_iter();
        Self {
            conversions: Some(conversions.map(|one| SimulatedConversion::of(one, &tiers)).collect()),
            total_payout: Some(simulation.total_payout.into()),
            total_revenue: Some(simulation.total_revenue.into()),
            user_errors,
        }
    }
}

#[derive(Default)]
pub struct SimulateTiersMutation;

#[Object]
impl SimulateTiersMutation {
    /// Simulates what tiered commissions would change for conversions, with the same calculation as real ones. Writes
    /// nothing. Needs `tiered_commissions:write`, and `tiered_commissions:read` for stored tiers.
    async fn simulate_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tiers and the conversions.")] input: SimulateTieredCommissionInput,
    ) -> Nullable<SimulateTieredCommissionPayload> {
        let request = mutation(ctx).await;
        let conversions = input.conversions.into_iter().map(|conversion| ConversionDraft {
            occurred_at: conversion.occurred_at.0,
            sale_amount: conversion.sale_amount.0,
            base_payout: conversion.base_payout.0,
            base_revenue: conversion.base_revenue.0,
            base: conversion.base,
        });
        let simulation = TierSimulation {
            stored: input.tiered_commission_ids.map(each),
            inline: input.tiers.map(each),
            conversions: conversions.collect(),
            currency: input.currency.map(Into::into),
        };
        let result = simulate(&request.app, &request.caller, simulation).await;
        Some(answer(result).map(|(simulated, errors)| SimulateTieredCommissionPayload::of(simulated, errors)))
    }
}
