//! Simulating tiered commissions.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::counter::TierCounter;
use super::input::CreateTieredCommissionInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::id_texts;
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::graphql::user_error::{UserError, answer};
use domain::tiered::{self, ConversionDraft, Tier};
use service::tiered_commission::{NewTieredCommission, SimulatedTiers, TierSimulation, simulate};

/// Tiers, and conversions of one partner on one campaign to try them on. Exactly one of tieredCommissionIds and tiers is
/// given.
#[derive(InputObject)]
pub struct SimulateTieredCommissionInput {
    /// 1 to 50 stored tiers, the older ones first.
    pub tiered_commission_ids: Option<Vec<ID>>,
    /// Or 1 to 50 tiers that are not stored, the older ones first. Each is taken to be for the partner and the campaign,
    /// and every conversion to be of its event type, so that its partners, campaigns and advertisers may be left out.
    pub tiers: Option<Vec<CreateTieredCommissionInput>>,
    /// 1 to 1,000 conversions in the order of recording.
    pub conversions: Vec<SimulatedConversionInput>,
    /// The currency of the conversions, and of tiers that are not stored and name none; by default the one that all the
    /// tiers have, else the tenant's.
    pub currency: Option<CurrencyCode>,
}

/// A conversion to try tiers on. Amounts are at least 0 and may have more digits than the currency.
#[derive(Clone, Copy, InputObject)]
pub struct SimulatedConversionInput {
    /// When it happens.
    pub occurred_at: DateTime,
    /// What was sold.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub sale_amount: Decimal,
    /// What it pays the partner before any tier.
    pub base_payout: Decimal,
    /// What it brings the tenant before any tier.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub base_revenue: Decimal,
    /// Whether it counts as a conversion rather than as an event.
    #[graphql(default = true)]
    pub base: bool,
}

/// What tiers would make of the conversions.
#[derive(SimpleObject)]
pub struct SimulateTieredCommissionPayload {
    /// One for each conversion, in their order; null if there is something to mend.
    pub conversions: Option<Vec<SimulatedConversion>>,
    /// What all of them pay, with their adjustments; null if there is something to mend.
    pub total_payout: Option<Money>,
    /// What all of them bring, with their adjustments; null if there is something to mend.
    pub total_revenue: Option<Money>,
    /// What to mend; empty: it is done.
    pub user_errors: Vec<UserError>,
}

/// What tiers would make of a conversion.
#[derive(Clone, SimpleObject)]
pub struct SimulatedConversion {
    /// What it pays, without later adjustments.
    pub payout: Money,
    /// What it brings, without later adjustments.
    pub revenue: Money,
    /// The name of the tier that changed the payout; null: none did.
    pub payout_tier: Option<String>,
    /// The name of the tier that changed the revenue; null: none did.
    pub revenue_tier: Option<String>,
    /// The adjustments of payouts that it causes, by reaching the goals of tiers with a retroactive payout.
    pub adjustments: Vec<SimulatedAdjustment>,
    /// The adjustments of revenue that it causes.
    pub revenue_adjustments: Vec<SimulatedAdjustment>,
    /// How far the goals of the tiers in whose dates it lies are reached with it.
    pub counters: Vec<TierCounter>,
    /// How the payout, the revenue and the adjustments come about.
    pub explanation: Vec<ExplanationStep>,
}

/// What an earlier conversion gains or loses, or this one itself.
#[derive(Clone, SimpleObject)]
pub struct SimulatedAdjustment {
    /// The place of the conversion that is adjusted, from 0.
    pub conversion: usize,
    /// By how much.
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
    /// What tiers would make of conversions, by the functions that pay real ones. Writes nothing. Needs
    /// `tiered_commissions:write`, and `tiered_commissions:read` for stored tiers.
    async fn simulate_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tiers and the conversions.")] input: SimulateTieredCommissionInput,
    ) -> Nullable<SimulateTieredCommissionPayload> {
        let request = mutation(ctx).await;
        let inline = |tiers: Vec<_>| tiers.into_iter().map(NewTieredCommission::from).collect();
        let conversions = input.conversions.into_iter().map(|conversion| ConversionDraft {
            occurred_at: conversion.occurred_at.0,
            sale_amount: conversion.sale_amount.0,
            base_payout: conversion.base_payout.0,
            base_revenue: conversion.base_revenue.0,
            base: conversion.base,
        });
        let simulation = TierSimulation {
            stored: input.tiered_commission_ids.map(id_texts),
            inline: input.tiers.map(inline),
            conversions: conversions.collect(),
            currency: input.currency.map(|code| code.0),
        };
        let result = simulate(&request.app, &request.caller, simulation).await;
        Some(answer(result).map(|(simulated, errors)| SimulateTieredCommissionPayload::of(simulated, errors)))
    }
}
