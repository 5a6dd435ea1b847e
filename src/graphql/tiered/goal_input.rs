//! Goals and modifiers as input types.

use async_graphql::InputObject;

use super::goal::{RetroactiveType, TierAction, TierMetric};
use crate::graphql::scalar::Decimal;
use domain::tiered::{self, GoalDraft, ModifierDraft, RetroactiveDraft};

/// What to reach, and up to where the rate holds.
#[derive(Clone, Copy, InputObject)]
pub struct TierGoalInput {
    /// What is counted.
    pub metric: TierMetric,
    /// At least so much; a whole number for CONVERSION and EVENT, else an amount of the tier's currency. 0: nothing to
    /// reach.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub goal: Decimal,
    /// The rate holds below it; above the goal.
    pub max: Option<Decimal>,
}

/// How an amount changes.
#[derive(Clone, Copy, InputObject)]
pub struct TierModifierInput {
    /// What is done to it; not EXACT.
    pub action: TierAction,
    /// Percent with at most 6 decimals, or an amount of the tier's currency; above 0.
    pub value: Decimal,
}

/// What earlier amounts become.
#[derive(Clone, Copy, InputObject)]
pub struct RetroactiveModifierInput {
    /// What is done to them.
    pub action: TierAction,
    /// Percent with at most 6 decimals, or an amount of the tier's currency; above 0.
    pub value: Decimal,
    /// What the value of EXACT is: CPA or CPS of payouts, RPA or RPS of revenue; by default an amount a conversion.
    #[graphql(name = "type")]
    pub kind: Option<RetroactiveType>,
}

pub(super) fn goals(inputs: Vec<TierGoalInput>) -> Vec<GoalDraft> {
    let goal = |input: TierGoalInput| GoalDraft {
        metric: input.metric.into(),
        goal: input.goal.0,
        max: input.max.map(|max| max.0),
    };
    inputs.into_iter().map(goal).collect()
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
            kind: input.kind.map(tiered::RetroactiveType::from),
        }
    }
}
