//! Goals, and what changes when they are reached.

use async_graphql::{Enum, SimpleObject};

use crate::graphql::scalar::Decimal;
use domain::tiered;

/// How often the counters of a tier start again, in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Period")]
pub enum TierPeriod {
    /// Every day at midnight.
    Daily,
    /// Every Monday.
    Weekly,
    /// On the first day of every month.
    Monthly,
    /// On the first day of January, April, July and October.
    Quarterly,
    /// Never: it counts from the start date to the end date.
    Global,
}

/// How a tier changes an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Action")]
pub enum TierAction {
    /// Adds a percentage of the amount.
    Increase,
    /// Subtracts a percentage of the amount; the result is never below 0.
    Decrease,
    /// Adds a fixed amount.
    FlatIncrease,
    /// Subtracts a fixed amount; the result is never below 0.
    FlatDecrease,
    /// Replaces it by a fixed amount, or by a percentage of the sale amount; only for retroactive changes.
    Exact,
}

/// A metric that a tier counts, per partner, campaign and window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Metric")]
pub enum TierMetric {
    /// The number of charges and conversions whose `base` is true.
    Conversion,
    /// The number of other charges and conversions.
    Event,
    /// The sum of their amounts.
    SaleAmount,
    /// The sum of what they pay the partner, before any tier.
    Payout,
    /// The sum of their revenue, before any tier.
    Revenue,
}

/// The counters that decide the rate of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::CrossingPolicy")]
pub enum CrossingPolicy {
    /// The counters before it: with a goal of 10, the rate applies from the eleventh conversion.
    NextConversion,
    /// The counters including it: the rate also applies to the conversion that reaches the goal.
    CrossingConversion,
}

/// The meaning of the value of a retroactive EXACT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::RetroactiveType")]
pub enum RetroactiveType {
    /// For payouts: an amount per conversion.
    Cpa,
    /// For payouts: a percentage of the sale amount.
    Cps,
    /// For revenue: an amount per conversion.
    Rpa,
    /// For revenue: a percentage of the sale amount.
    Rps,
}

/// A goal, and the limit up to which the rate applies.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TierGoal {
    /// The metric that is counted.
    pub metric: TierMetric,
    /// The value to reach; 0: none.
    pub goal: Decimal,
    /// The value below which the rate applies; null: there is no limit. It limits only the rate: beyond it the goal
    /// stays reached.
    pub max: Option<Decimal>,
}

impl From<&tiered::Goal> for TierGoal {
    fn from(goal: &tiered::Goal) -> Self {
        Self {
            metric: goal.metric.into(),
            goal: Decimal(goal.goal),
            max: goal.max.map(Decimal),
        }
    }
}

/// A change to an amount.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TierModifier {
    /// The kind of change.
    pub action: TierAction,
    /// A percentage, or an amount in the tier's currency.
    pub value: Decimal,
}

impl From<&tiered::Modifier> for TierModifier {
    fn from(modifier: &tiered::Modifier) -> Self {
        Self {
            action: modifier.action.into(),
            value: Decimal(modifier.value),
        }
    }
}

/// A change to earlier amounts.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct RetroactiveModifier {
    /// The kind of change.
    pub action: TierAction,
    /// A percentage, or an amount in the tier's currency.
    pub value: Decimal,
    /// The meaning of the value of EXACT; null: an amount per conversion. Other actions ignore it.
    #[graphql(name = "type")]
    pub kind: Option<RetroactiveType>,
}

impl From<&tiered::Retroactive> for RetroactiveModifier {
    fn from(modifier: &tiered::Retroactive) -> Self {
        Self {
            action: modifier.action.into(),
            value: Decimal(modifier.value),
            kind: modifier.kind.map(RetroactiveType::from),
        }
    }
}
