//! Tiered commissions as entered, and changes to them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Action, CrossingPolicy, Metric, Modifier, Period, Retroactive, RetroactiveType, Status, TieredCommission};
use crate::id::{Id, Kind};
use crate::money::Currency;
use crate::problem::{Patch, Problems};

/// A tiered commission as entered.
#[derive(Clone, Debug)]
pub struct Draft {
    pub name: String,
    pub notes: Option<String>,
    pub status: Status,
    pub start_date: NaiveDate,
    pub end_date: NaiveDate,
    pub period: Period,
    pub crossing_policy: CrossingPolicy,
    /// `None`: the tenant's base currency.
    pub currency: Option<Currency>,
    pub apply_to_all_partners: bool,
    pub partner_ids: Vec<String>,
    pub campaign_ids: Vec<String>,
    pub advertiser_ids: Vec<String>,
    pub event_type: Option<String>,
    pub goals: Vec<GoalDraft>,
    pub payout: Option<ModifierDraft>,
    pub revenue: Option<ModifierDraft>,
    pub retroactive_payout: Option<RetroactiveDraft>,
    pub retroactive_revenue: Option<RetroactiveDraft>,
}

#[derive(Clone, Copy, Debug)]
pub struct GoalDraft {
    pub metric: Metric,
    pub goal: Decimal,
    pub max: Option<Decimal>,
}

#[derive(Clone, Copy, Debug)]
pub struct ModifierDraft {
    pub action: Action,
    pub value: Decimal,
}

#[derive(Clone, Copy, Debug)]
pub struct RetroactiveDraft {
    pub action: Action,
    pub value: Decimal,
    pub kind: Option<RetroactiveType>,
}

/// A change to a tiered commission; the currency never changes, since the counters are in it.
#[derive(Clone, Debug, Default)]
pub struct TieredCommissionChange {
    pub name: Patch<String>,
    pub notes: Patch<String>,
    pub status: Patch<Status>,
    pub start_date: Patch<NaiveDate>,
    pub end_date: Patch<NaiveDate>,
    pub period: Patch<Period>,
    pub crossing_policy: Patch<CrossingPolicy>,
    pub apply_to_all_partners: Patch<bool>,
    pub partner_ids: Patch<Vec<String>>,
    pub campaign_ids: Patch<Vec<String>>,
    pub advertiser_ids: Patch<Vec<String>>,
    pub event_type: Patch<String>,
    pub goals: Patch<Vec<GoalDraft>>,
    pub payout: Patch<ModifierDraft>,
    pub revenue: Patch<ModifierDraft>,
    pub retroactive_payout: Patch<RetroactiveDraft>,
    pub retroactive_revenue: Patch<RetroactiveDraft>,
}

/// The tiered commission as if it had been entered with the change applied, so that it is validated as a whole: an
/// unchanged max must still be above a new goal. Clearing a required field is recorded as a problem and leaves the
/// field unchanged.
pub fn changed(current: &TieredCommission, change: TieredCommissionChange, problems: &mut Problems) -> Draft {
    let TieredCommission {
        tier, notes, audience, ..
    } = current;
    Draft {
        name: required("name", change.name, tier.name.clone(), problems),
        notes: optional(change.notes, notes.clone()),
        status: required("status", change.status, tier.status, problems),
        start_date: required("startDate", change.start_date, tier.start_date, problems),
        end_date: required("endDate", change.end_date, tier.end_date, problems),
        period: required("period", change.period, tier.period, problems),
        crossing_policy: required("crossingPolicy", change.crossing_policy, tier.crossing_policy, problems),
        currency: Some(tier.currency),
        apply_to_all_partners: required(
            "applyToAllPartners",
            change.apply_to_all_partners,
            audience.apply_to_all_partners,
            problems,
        ),
        partner_ids: list(change.partner_ids, || texts(&audience.partner_ids)),
        campaign_ids: list(change.campaign_ids, || texts(&audience.campaign_ids)),
        advertiser_ids: list(change.advertiser_ids, || texts(&audience.advertiser_ids)),
        event_type: optional(change.event_type, tier.event_type.clone()),
        goals: list(change.goals, || tier.goals.iter().map(GoalDraft::from).collect()),
        payout: optional(change.payout, tier.payout.as_ref().map(ModifierDraft::from)),
        revenue: optional(change.revenue, tier.revenue.as_ref().map(ModifierDraft::from)),
        retroactive_payout: optional(
            change.retroactive_payout,
            tier.retroactive_payout.as_ref().map(RetroactiveDraft::from),
        ),
        retroactive_revenue: optional(
            change.retroactive_revenue,
            tier.retroactive_revenue.as_ref().map(RetroactiveDraft::from),
        ),
    }
}

fn required<T: Clone>(field: &str, patch: Patch<T>, current: T, problems: &mut Problems) -> T {
    problems.changed(field, patch, current.clone(), Ok).unwrap_or(current)
}

fn optional<T>(patch: Patch<T>, current: Option<T>) -> Option<T> {
    match patch {
        Patch::Keep => current,
        Patch::Clear => None,
        Patch::Set(value) => Some(value),
    }
}

fn list<T>(patch: Patch<Vec<T>>, current: impl FnOnce() -> Vec<T>) -> Vec<T> {
    patch.list().unwrap_or_else(current)
}

fn texts<K: Kind>(ids: &[Id<K>]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

impl From<&super::Goal> for GoalDraft {
    fn from(goal: &super::Goal) -> Self {
        let super::Goal { metric, goal, max } = *goal;
        Self { metric, goal, max }
    }
}

impl From<&Modifier> for ModifierDraft {
    fn from(modifier: &Modifier) -> Self {
        let Modifier { action, value } = *modifier;
        Self { action, value }
    }
}

impl From<&Retroactive> for RetroactiveDraft {
    fn from(retroactive: &Retroactive) -> Self {
        let Retroactive { action, value, kind } = *retroactive;
        Self { action, value, kind }
    }
}
