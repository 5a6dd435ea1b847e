//! Goals, and what changes when they are reached.

use async_graphql::{Enum, SimpleObject};

use crate::graphql::scalar::Decimal;
use domain::tiered;

/// How often the counters of a tier start again, in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Period")]
pub enum TierPeriod {
    /// Every midnight.
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of the month.
    Monthly,
    /// On the first of January, April, July and October.
    Quarterly,
    /// Never: they count from the start date to the end date.
    Global,
}

/// What a tier does to an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Action")]
pub enum TierAction {
    /// Adds a percentage of it.
    Increase,
    /// Takes a percentage of it off; nothing falls below 0.
    Decrease,
    /// Adds an amount.
    FlatIncrease,
    /// Takes an amount off; nothing falls below 0.
    FlatDecrease,
    /// Puts an amount in its place, or a percentage of the sale amount; only retroactively.
    Exact,
}

/// What a tier counts, by partner, campaign and window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Metric")]
pub enum TierMetric {
    /// Charges and conversions whose `base` is true.
    Conversion,
    /// The other charges and conversions.
    Event,
    /// The sum of their amounts.
    SaleAmount,
    /// The sum of what they pay the partner, before any tier.
    Payout,
    /// The sum of what they bring the tenant, before any tier.
    Revenue,
}

/// Which counters decide the rate of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::CrossingPolicy")]
pub enum CrossingPolicy {
    /// Those before it: with a goal of 10, the rate changes from the eleventh on.
    NextConversion,
    /// Those with it: the conversion that reaches the goal has the new rate, too.
    CrossingConversion,
}

/// What the value of a retroactive EXACT is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::RetroactiveType")]
pub enum RetroactiveType {
    /// Of payouts: an amount a conversion.
    Cpa,
    /// Of payouts: a percentage of the sale amount.
    Cps,
    /// Of revenue: an amount a conversion.
    Rpa,
    /// Of revenue: a percentage of the sale amount.
    Rps,
}

/// What to reach, and up to where the rate holds.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TierGoal {
    /// What is counted.
    pub metric: TierMetric,
    /// At least so much; 0: nothing to reach.
    pub goal: Decimal,
    /// The rate holds below it; null: without end. It bounds the rate only: a goal stays achieved beyond it.
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

/// How an amount changes.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TierModifier {
    /// What is done to it.
    pub action: TierAction,
    /// Percent, or an amount of the tier's currency.
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

/// What earlier amounts become.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct RetroactiveModifier {
    /// What is done to them.
    pub action: TierAction,
    /// Percent, or an amount of the tier's currency.
    pub value: Decimal,
    /// What the value of EXACT is; null: an amount a conversion. The other actions do not look at it.
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
