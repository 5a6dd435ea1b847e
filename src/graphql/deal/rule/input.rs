//! Commission rules as they are entered.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::object::{RecipientAssignment, RuleValueType};
use crate::domain::deal_rules::{
    self, ConditionDraft, EntryDraft, PartDraft, PeriodDraft, PeriodRatesDraft, ScalingDraft,
};
use crate::domain::{commission, partner};
use crate::graphql::input::{id_text, id_texts, patch, plain};
use crate::graphql::ledger::commission::object::PaymentTarget;
use crate::graphql::partner::object::PartnerType;
use crate::graphql::scalar::{CurrencyCode, Decimal};
use crate::service::commission_rule::{CommissionRuleChange, NewCommissionRule};

/// A new commission rule.
#[derive(InputObject)]
pub struct CreateCommissionRuleInput {
    /// What it is called.
    pub label: String,
    /// The id that another system gave it; unique among the rules in force.
    pub external_id: Option<String>,
    /// The type of partners that it is for.
    pub partner_type: PartnerType,
    /// Who is paid; PARTNERSHIP by default.
    pub payment_target: Option<PaymentTarget>,
    /// Who becomes the recipient where an individual is paid; none: as MANUAL.
    pub auto_assign_recipient: Option<RecipientAssignment>,
    /// The currency of the deals that it is for, and of its fixed values; none: the deal's.
    pub currency: Option<CurrencyCode>,
    /// How many days its commissions wait before they may be approved, 0 to 365; none: they are approved by hand only.
    pub holdback_days: Option<i32>,
    /// What it pays, and when: 1 to 50 entries.
    pub entries: Vec<CommissionRuleEntryInput>,
    /// Only for partners in one of these tiers; none: in any.
    pub tier_ids: Option<Vec<ID>>,
    /// Only for partners in one of these categories; none: in any.
    pub category_ids: Option<Vec<ID>>,
    /// Only for these partners; none: for any.
    pub partner_ids: Option<Vec<ID>>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a commission rule. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateCommissionRuleInput {
    /// Which rule.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it; unique among the rules in force.
    pub external_id: MaybeUndefined<String>,
    /// The type of partners that it is for.
    pub partner_type: MaybeUndefined<PartnerType>,
    /// Who is paid.
    pub payment_target: MaybeUndefined<PaymentTarget>,
    /// Who becomes the recipient where an individual is paid; null: as MANUAL.
    pub auto_assign_recipient: MaybeUndefined<RecipientAssignment>,
    /// The currency of the deals that it is for, and of its fixed values; null: the deal's.
    pub currency: MaybeUndefined<CurrencyCode>,
    /// How many days its commissions wait before they may be approved, 0 to 365; null: they are approved by hand only.
    pub holdback_days: MaybeUndefined<i32>,
    /// All entries from now on: 1 to 50.
    pub entries: MaybeUndefined<Vec<CommissionRuleEntryInput>>,
    /// The tiers from now on; [] or null: any.
    pub tier_ids: MaybeUndefined<Vec<ID>>,
    /// The categories from now on; [] or null: any.
    pub category_ids: MaybeUndefined<Vec<ID>>,
    /// The partners from now on; [] or null: any.
    pub partner_ids: MaybeUndefined<Vec<ID>>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

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

impl From<CreateCommissionRuleInput> for NewCommissionRule {
    fn from(input: CreateCommissionRuleInput) -> Self {
        Self {
            label: input.label,
            external_id: input.external_id,
            partner_type: input.partner_type.into(),
            payment_target: input.payment_target.map(commission::PaymentTarget::from),
            auto_assign_recipient: input.auto_assign_recipient.map(deal_rules::RecipientAssignment::from),
            currency: input.currency.map(|code| code.0),
            holdback_days: input.holdback_days,
            entries: entries(input.entries),
            tier_ids: id_texts(input.tier_ids.unwrap_or_default()),
            category_ids: id_texts(input.category_ids.unwrap_or_default()),
            partner_ids: id_texts(input.partner_ids.unwrap_or_default()),
        }
    }
}

impl From<UpdateCommissionRuleInput> for CommissionRuleChange {
    fn from(input: UpdateCommissionRuleInput) -> Self {
        Self {
            id: id_text(input.id),
            label: plain(input.label),
            external_id: plain(input.external_id),
            partner_type: patch(input.partner_type, partner::PartnerType::from),
            payment_target: patch(input.payment_target, commission::PaymentTarget::from),
            auto_assign_recipient: patch(input.auto_assign_recipient, deal_rules::RecipientAssignment::from),
            currency: patch(input.currency, |code| code.0),
            holdback_days: plain(input.holdback_days),
            entries: patch(input.entries, entries),
            tier_ids: patch(input.tier_ids, id_texts),
            category_ids: patch(input.category_ids, id_texts),
            partner_ids: patch(input.partner_ids, id_texts),
        }
    }
}

fn entries(inputs: Vec<CommissionRuleEntryInput>) -> Vec<EntryDraft> {
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
