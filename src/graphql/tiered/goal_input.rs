//! Goals and modifiers as input types.

use async_graphql::InputObject;

use super::goal::{RetroactiveType, TierAction, TierMetric};
use crate::graphql::scalar::Decimal;
use domain::tiered::{GoalDraft, ModifierDraft, RetroactiveDraft};

/// A goal, and the limit up to which the rate applies.
#[derive(Clone, Copy, InputObject)]
pub struct TierGoalInput {
    /// The metric that is counted.
    pub metric: TierMetric,
    /// The value to reach: a whole number for CONVERSION and EVENT, else an amount in the tier's currency. 0: none.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub goal: Decimal,
    /// The value below which the rate applies; above the goal.
    pub max: Option<Decimal>,
}

/// A change to an amount.
#[derive(Clone, Copy, InputObject)]
pub struct TierModifierInput {
    /// The kind of change; not EXACT.
    pub action: TierAction,
    /// A percentage with at most 6 decimals, or an amount in the tier's currency; above 0.
    pub value: Decimal,
}

/// A change to earlier amounts.
#[derive(Clone, Copy, InputObject)]
pub struct RetroactiveModifierInput {
    /// The kind of change.
    pub action: TierAction,
    /// A percentage with at most 6 decimals, or an amount in the tier's currency; above 0.
    pub value: Decimal,
    /// The meaning of the value of EXACT: CPA or CPS for payouts, RPA or RPS for revenue; by default an amount per
    /// conversion.
    #[graphql(name = "type")]
    pub kind: Option<RetroactiveType>,
}

impl From<TierGoalInput> for GoalDraft {
    fn from(input: TierGoalInput) -> Self {
        Self {
            metric: input.metric.into(),
            goal: input.goal.0,
            max: input.max.map(Into::into),
        }
    }
}

impl From<TierModifierInput> for ModifierDraft {
    fn from(input: TierModifierInput) -> Self {
        Self {
            action: input.action.into(),
            value: input.value.0,
        }
    }
}

impl From<RetroactiveModifierInput> for RetroactiveDraft {
    fn from(input: RetroactiveModifierInput) -> Self {
        Self {
            action: input.action.into(),
            value: input.value.0,
            kind: input.kind.map(Into::into),
        }
    }
}
