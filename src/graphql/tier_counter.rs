//! How far the goals of tiers are reached.

use async_graphql::SimpleObject;

use super::campaign::Campaign;
use super::scalar::{DateTime, Decimal};
use super::tiered_commission::TierMetric;
use crate::domain::tiered::Progress;

/// How far one goal of a tier is reached in a window.
#[derive(Clone, SimpleObject)]
pub struct TierCounter {
    /// The tier's name.
    pub tier: String,
    /// The campaign whose events are counted; null in a simulation.
    pub campaign: Option<Campaign>,
    /// Where the window begins.
    pub window_start: Option<DateTime>,
    /// Where it ends, excluded.
    pub window_end: Option<DateTime>,
    /// What is counted.
    pub metric: TierMetric,
    /// How much there is: a whole number, or an amount of the tier's currency.
    pub value: Decimal,
    /// What to reach; 0: nothing.
    pub goal: Decimal,
    /// Below which value the rate holds; null: it has no end.
    pub max: Option<Decimal>,
}

impl TierCounter {
    /// The counter of one goal of the tier with this name.
    pub fn of(tier: &str, campaign: Option<Campaign>, progress: &Progress) -> Self {
        Self {
            tier: tier.to_owned(),
            campaign,
            window_start: Some(DateTime(progress.window.start)),
            window_end: Some(DateTime(progress.window.end)),
            metric: progress.metric.into(),
            value: Decimal(progress.value),
            goal: Decimal(progress.goal),
            max: progress.max.map(Decimal),
        }
    }
}
