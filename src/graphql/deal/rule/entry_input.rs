//! The entries of commission rules as input types.

use async_graphql::{ID, InputObject};

use super::entry::RuleValueType;
use crate::graphql::scalar::Decimal;
use domain::deal_rules::{ConditionDraft, EntryDraft, PartDraft, PeriodDraft, PeriodRatesDraft, ScalingDraft};

/// What is paid when a deal enters a stage: oneOff, recurring, or both.
#[derive(Clone, InputObject)]
pub struct CommissionRuleEntryInput {
    /// The stage.
    pub payment_stage_id: ID,
    /// The option that the deal must have; if absent, there is no condition.
    pub condition: Option<CustomFieldConditionInput>,
    /// The part that is paid once.
    pub one_off: Option<RulePartInput>,
    /// The part that is paid when the deal enters the stage and with each renewal after that.
    pub recurring: Option<RulePartInput>,
}

/// The option that a deal must have.
#[derive(Clone, InputObject)]
pub struct CustomFieldConditionInput {
    /// The field.
    pub custom_field_id: ID,
    /// The option.
    pub option_id: ID,
}

/// What the occurrences of a part pay. At least one value is required.
#[derive(Clone, InputObject)]
pub struct RulePartInput {
    /// The unit of the values.
    pub value_type: RuleValueType,
    /// The base value: an amount of at least 0, or a percentage from "0" to "100" with at most 6 decimals.
    pub value: Option<Decimal>,
    /// Values by the option of the deal.
    pub scaling: Option<ScalingInput>,
    /// The number of occurrences after which it ends, at least 1; if absent, it does not end. For a one-off part,
    /// absent or 1.
    pub number_of_occurrences: Option<i32>,
    /// Values by occurrence.
    pub period_rates: Option<PeriodRatesInput>,
}

/// Values by the option of the deal.
#[derive(Clone, InputObject)]
pub struct ScalingInput {
    /// The custom field whose option decides.
    pub custom_field_id: ID,
    /// The values of the options, each option at most once.
    pub tiers: Vec<ScalingTierInput>,
}

/// The value of an option.
#[derive(Clone, InputObject)]
pub struct ScalingTierInput {
    /// The option.
    pub option_id: ID,
    /// An amount, or a percentage.
    pub value: Decimal,
}

/// Values by occurrence.
#[derive(Clone, InputObject)]
pub struct PeriodRatesInput {
    /// Whether the periods are used; if false, they are stored and ignored.
    pub enabled: bool,
    /// At most 100 periods; they must not overlap.
    pub periods: Vec<RatePeriodInput>,
}

/// The values of a range of occurrences.
#[derive(Clone, InputObject)]
pub struct RatePeriodInput {
    /// Its number, unique in the list, at least 1.
    pub period_number: i32,
    /// The first occurrence, from 1.
    pub start_occurrence: i32,
    /// The last occurrence, inclusive; if absent, the period has no end.
    pub end_occurrence: Option<i32>,
    /// An amount, or a percentage.
    pub value: Option<Decimal>,
    /// Values by the option of the deal.
    pub scaling: Option<ScalingInput>,
}

impl From<CommissionRuleEntryInput> for EntryDraft {
    fn from(input: CommissionRuleEntryInput) -> Self {
        Self {
            stage_id: input.payment_stage_id.into(),
            condition: input.condition.map(|condition| ConditionDraft {
                field_id: condition.custom_field_id.into(),
                option_id: condition.option_id.into(),
            }),
            one_off: input.one_off.map(Into::into),
            recurring: input.recurring.map(Into::into),
        }
    }
}

impl From<RulePartInput> for PartDraft {
    fn from(input: RulePartInput) -> Self {
        Self {
            value_type: input.value_type.into(),
            value: input.value.map(Into::into),
            scaling: input.scaling.map(Into::into),
            number_of_occurrences: input.number_of_occurrences,
            period_rates: input.period_rates.map(|rates| PeriodRatesDraft {
                enabled: rates.enabled,
                periods: rates.periods.into_iter().map(PeriodDraft::from).collect(),
            }),
        }
    }
}

impl From<ScalingInput> for ScalingDraft {
    fn from(input: ScalingInput) -> Self {
        let tiers = input
            .tiers
            .into_iter()
            .map(|tier| (tier.option_id.into(), tier.value.0));
        Self {
            field_id: input.custom_field_id.into(),
            tiers: tiers.collect(),
        }
    }
}

impl From<RatePeriodInput> for PeriodDraft {
    fn from(input: RatePeriodInput) -> Self {
        Self {
            number: input.period_number,
            start: input.start_occurrence,
            end: input.end_occurrence,
            value: input.value.map(Into::into),
            scaling: input.scaling.map(Into::into),
        }
    }
}
