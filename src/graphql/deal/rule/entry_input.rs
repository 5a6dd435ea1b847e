//! The entries of commission rules as input types.

use async_graphql::{ID, InputObject};

use super::entry::RuleValueType;
use crate::graphql::input::id_text;
use crate::graphql::scalar::Decimal;
use domain::deal_rules::{ConditionDraft, EntryDraft, PartDraft, PeriodDraft, PeriodRatesDraft, ScalingDraft};

/// What is paid when a deal enters a stage: oneOff, recurring, or both.
#[derive(Clone, InputObject)]
pub struct CommissionRuleEntryInput {
    /// The stage.
    pub payment_stage_id: ID,
    /// What the deal must bear; none: nothing.
    pub condition: Option<CustomFieldConditionInput>,
    /// What is paid once.
    pub one_off: Option<RulePartInput>,
    /// What is paid when the stage is entered and with each renewal after that.
    pub recurring: Option<RulePartInput>,
}

/// An option that a deal must bear.
#[derive(Clone, InputObject)]
pub struct CustomFieldConditionInput {
    /// The field.
    pub custom_field_id: ID,
    /// Which of its options.
    pub option_id: ID,
}

/// How much the occurrences of a part pay. At least one value is needed.
#[derive(Clone, InputObject)]
pub struct RulePartInput {
    /// What the values are.
    pub value_type: RuleValueType,
    /// The base value: an amount of at least 0, or "0" to "100" percent with at most 6 decimals.
    pub value: Option<Decimal>,
    /// Values by the deal's option.
    pub scaling: Option<ScalingInput>,
    /// After how many occurrences it ends, at least 1; none: never. Of a one-off part none or 1.
    pub number_of_occurrences: Option<i32>,
    /// Values by occurrence.
    pub period_rates: Option<PeriodRatesInput>,
}

/// Values by the option that a deal bears.
#[derive(Clone, InputObject)]
pub struct ScalingInput {
    /// The field whose option decides.
    pub custom_field_id: ID,
    /// The values of its options, each option once.
    pub tiers: Vec<ScalingTierInput>,
}

/// The value of an option.
#[derive(Clone, InputObject)]
pub struct ScalingTierInput {
    /// The option.
    pub option_id: ID,
    /// An amount, or percent.
    pub value: Decimal,
}

/// Values by occurrence.
#[derive(Clone, InputObject)]
pub struct PeriodRatesInput {
    /// False: they are kept and do not count.
    pub enabled: bool,
    /// At most 100 periods, which must not overlap.
    pub periods: Vec<RatePeriodInput>,
}

/// The values of a range of occurrences.
#[derive(Clone, InputObject)]
pub struct RatePeriodInput {
    /// Its number, unique in the list, at least 1.
    pub period_number: i32,
    /// The first occurrence, from 1.
    pub start_occurrence: i32,
    /// The last occurrence, included; none: it has no end.
    pub end_occurrence: Option<i32>,
    /// An amount, or percent.
    pub value: Option<Decimal>,
    /// Values by the deal's option.
    pub scaling: Option<ScalingInput>,
}

pub(super) fn entries(inputs: Vec<CommissionRuleEntryInput>) -> Vec<EntryDraft> {
    inputs.into_iter().map(EntryDraft::from).collect()
}

impl From<CommissionRuleEntryInput> for EntryDraft {
    fn from(input: CommissionRuleEntryInput) -> Self {
        Self {
            stage_id: id_text(input.payment_stage_id),
            condition: input.condition.map(|condition| ConditionDraft {
                field_id: id_text(condition.custom_field_id),
                option_id: id_text(condition.option_id),
            }),
            one_off: input.one_off.map(PartDraft::from),
            recurring: input.recurring.map(PartDraft::from),
        }
    }
}

impl From<RulePartInput> for PartDraft {
    fn from(input: RulePartInput) -> Self {
        Self {
            value_type: input.value_type.into(),
            value: input.value.map(|value| value.0),
            scaling: input.scaling.map(ScalingDraft::from),
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
            .map(|tier| (id_text(tier.option_id), tier.value.0));
        Self {
            field_id: id_text(input.custom_field_id),
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
            value: input.value.map(|value| value.0),
            scaling: input.scaling.map(ScalingDraft::from),
        }
    }
}
