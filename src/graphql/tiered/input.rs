//! Tiered commissions as input types.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::goal::{CrossingPolicy, TierPeriod};
use super::goal_input::{RetroactiveModifierInput, TierGoalInput, TierModifierInput};
use super::object::TieredCommissionStatus;
use crate::graphql::input::{each, patch, patch_each};
use crate::graphql::scalar::{CurrencyCode, Date};
use domain::tiered::{self, Draft};
use service::tiered_commission::{NewTieredCommission, TieredCommissionUpdate};

/// A new tiered commission.
#[derive(Clone, InputObject)]
pub struct CreateTieredCommissionInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique among the tiered commissions that are not archived.
    pub external_id: Option<String>,
    /// A note for staff, at most 5,000 characters.
    pub notes: Option<String>,
    /// Its status, which decides whether it changes amounts.
    pub status: TieredCommissionStatus,
    /// The first day on which it counts, in the tenant's time zone.
    pub start_date: Date,
    /// The last day on which it counts; not before the start date.
    pub end_date: Date,
    /// How often its counters start again.
    pub period: TierPeriod,
    /// The counters that decide the rate of a conversion; NEXT_CONVERSION by default.
    pub crossing_policy: Option<CrossingPolicy>,
    /// The currency of its goals and of its flat and exact values; by default the tenant's base currency. It never changes.
    pub currency: Option<CurrencyCode>,
    /// Whether it applies to all partners, including future ones.
    #[graphql(default)]
    pub apply_to_all_partners: bool,
    /// The partners to which it applies; at least one, unless it applies to all.
    pub partner_ids: Option<Vec<ID>>,
    /// The campaigns whose events it counts; at least one, unless there are advertisers.
    pub campaign_ids: Option<Vec<ID>>,
    /// The advertisers, all of whose campaigns it counts.
    pub advertiser_ids: Option<Vec<ID>>,
    /// The only type of events that are counted and changed; requires exactly one campaign and no advertiser.
    pub event_type: Option<String>,
    /// The goals, all of which must be reached: each metric at most once, at least one goal above 0.
    pub goals: Vec<TierGoalInput>,
    /// The change to the payout of conversions while the goals are reached.
    pub payout: Option<TierModifierInput>,
    /// The change to the revenue of conversions while the goals are reached.
    pub revenue: Option<TierModifierInput>,
    /// The change to the payouts of the whole window, once, when the goals are reached. A part that is added when they
    /// are reached already acts with the next conversion. A percentage acts on each row of a conversion, and is rounded
    /// per row.
    pub retroactive_payout: Option<RetroactiveModifierInput>,
    /// The change to the revenue of the whole window, once, when the goals are reached.
    pub retroactive_revenue: Option<RetroactiveModifierInput>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a tiered commission. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateTieredCommissionInput {
    /// The tiered commission.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it; unique among the tiered commissions that are not archived.
    pub external_id: MaybeUndefined<String>,
    /// A note for staff, at most 5,000 characters.
    pub notes: MaybeUndefined<String>,
    /// Its status, which decides whether it changes amounts.
    pub status: MaybeUndefined<TieredCommissionStatus>,
    /// The first day on which it counts, in the tenant's time zone.
    pub start_date: MaybeUndefined<Date>,
    /// The last day on which it counts; not before the start date.
    pub end_date: MaybeUndefined<Date>,
    /// How often its counters start again.
    pub period: MaybeUndefined<TierPeriod>,
    /// The counters that decide the rate of a conversion.
    pub crossing_policy: MaybeUndefined<CrossingPolicy>,
    /// Whether it applies to all partners, including future ones.
    pub apply_to_all_partners: MaybeUndefined<bool>,
    /// The partners from now on; at least one, unless it applies to all.
    pub partner_ids: MaybeUndefined<Vec<ID>>,
    /// The campaigns from now on; at least one, unless there are advertisers.
    pub campaign_ids: MaybeUndefined<Vec<ID>>,
    /// The advertisers from now on.
    pub advertiser_ids: MaybeUndefined<Vec<ID>>,
    /// The only type of events that are counted and changed; null: all charges and conversions.
    pub event_type: MaybeUndefined<String>,
    /// All goals from now on: each metric at most once, at least one goal above 0.
    pub goals: MaybeUndefined<Vec<TierGoalInput>>,
    /// The change to the payout of conversions while the goals are reached.
    pub payout: MaybeUndefined<TierModifierInput>,
    /// The change to the revenue of conversions while the goals are reached.
    pub revenue: MaybeUndefined<TierModifierInput>,
    /// The change to the payouts of the whole window, once, when the goals are reached. A part that is added when they
    /// are reached already acts with the next conversion. A percentage acts on each row of a conversion, and is rounded
    /// per row.
    pub retroactive_payout: MaybeUndefined<RetroactiveModifierInput>,
    /// The change to the revenue of the whole window, once, when the goals are reached.
    pub retroactive_revenue: MaybeUndefined<RetroactiveModifierInput>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateTieredCommissionInput> for NewTieredCommission {
    fn from(input: CreateTieredCommissionInput) -> Self {
        let ids = |ids: Option<Vec<ID>>| each(ids.unwrap_or_default());
        let policy = input.crossing_policy.map(Into::into);
        Self {
            external_id: input.external_id,
            draft: Draft {
                name: input.name,
                notes: input.notes,
                status: input.status.into(),
                start_date: input.start_date.0,
                end_date: input.end_date.0,
                period: input.period.into(),
                crossing_policy: policy.unwrap_or_default(),
                currency: input.currency.map(Into::into),
                apply_to_all_partners: input.apply_to_all_partners,
                partner_ids: ids(input.partner_ids),
                campaign_ids: ids(input.campaign_ids),
                advertiser_ids: ids(input.advertiser_ids),
                event_type: input.event_type,
                goals: each(input.goals),
                payout: input.payout.map(Into::into),
                revenue: input.revenue.map(Into::into),
                retroactive_payout: input.retroactive_payout.map(Into::into),
                retroactive_revenue: input.retroactive_revenue.map(Into::into),
            },
        }
    }
}

impl From<UpdateTieredCommissionInput> for TieredCommissionUpdate {
    fn from(input: UpdateTieredCommissionInput) -> Self {
        Self {
            id: input.id.into(),
            external_id: patch(input.external_id),
            change: tiered::TieredCommissionChange {
                name: patch(input.name),
                notes: patch(input.notes),
                status: patch(input.status),
                start_date: patch(input.start_date),
                end_date: patch(input.end_date),
                period: patch(input.period),
                crossing_policy: patch(input.crossing_policy),
                apply_to_all_partners: patch(input.apply_to_all_partners),
                partner_ids: patch_each(input.partner_ids),
                campaign_ids: patch_each(input.campaign_ids),
                advertiser_ids: patch_each(input.advertiser_ids),
                event_type: patch(input.event_type),
                goals: patch_each(input.goals),
                payout: patch(input.payout),
                revenue: patch(input.revenue),
                retroactive_payout: patch(input.retroactive_payout),
                retroactive_revenue: patch(input.retroactive_revenue),
            },
        }
    }
}
