//! Deal-stage commission rules: what a deal pays when it enters a stage, and with each renewal after that.
//!
//! - A rule has entries; an entry names a stage, an optional condition (a custom field's option), and a one-off part, a
//!   recurring part, or both.
//! - Of the rules that match a deal's partner and currency and have an entry for the stage, one governs for each
//!   payment target: the most specific (partner before tier before category before type only), then the newest
//!   ([`governing`]).
//! - Entering a stage pays the one-off part and occurrence 1 of the recurring part of every entry whose condition
//!   holds. If a condition becomes true later, its entry is paid then, provided the deal is still in that stage. Each
//!   renewal pays the next occurrence of every recurring part that has started, by the version that it started with.
//! - A payment is due once per [`Slot`], whichever rule or version creates it. Losing the deal voids the payments that
//!   were not approved yet; entering the stage again pays those again, and only those, by the version that paid them.
//! - The value of an occurrence is the first available of: the period's scaling match, the period's value, the scaling
//!   match, the base value; without any of them it is 0. It is rounded once.
//!
//! Recording, simulating and forecasting call the same functions. The rule types are those of Journeybee.

mod deal_view;
mod due;
mod forecast;
mod select;
#[cfg(test)]
mod tests;
mod validate;
mod value;

use crate::audit::audited;
use rust_decimal::Decimal;

pub use deal_view::DealView;
pub use due::{Due, PastPayment, PaymentHistory, Slot, on_change, on_entry, on_renewal};
pub use forecast::{FURTHER_OCCURRENCES, forecast, simulate};
pub use select::{Payee, governing};

use super::commission::PaymentTarget;
use super::deal::FieldValue;
use super::id::{
    CommissionRuleId, CustomFieldId, CustomFieldOptionId, PartnerCategoryId, PartnerId, PartnerTierId, PaymentStageId,
};
use super::money::Currency;
use super::partner::PartnerType;
use super::{Timestamp, text_enum};
pub use validate::{
    Catalog, ConditionDraft, EntryDraft, MAX_ENTRIES, PartDraft, PeriodDraft, PeriodRatesDraft, ScalingDraft,
    check_currency, entries,
};

text_enum! {
    /// Who becomes the recipient of an individual's commission. `Manual`: none until staff assigns one.
    #[derive(serde::Serialize, serde::Deserialize)]
    RecipientAssignment { LeadCreator = "LEAD_CREATOR", DealOwner = "DEAL_OWNER", Manual = "MANUAL" }
}

text_enum! {
    /// Whether a part's values are amounts or percentages of the deal's value.
    #[derive(serde::Serialize, serde::Deserialize)]
    ValueType { Fixed = "FIXED", Percentage = "PERCENTAGE" }
}

text_enum! {
    /// Which part of an entry a payment belongs to.
    PartKind { OneOff = "ONE_OFF", Recurring = "RECURRING" }
}

/// The current version of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionRule {
    pub id: CommissionRuleId,
    pub external_id: Option<String>,
    /// Incremented with every change.
    pub version: u32,
    pub plan: Plan,
    pub filters: Filters,
    /// `Some`: the rule is archived; only what had already started under it continues.
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

audited!(CommissionRule as "CommissionRule": {
    id: _, external_id, version, plan, filters, archived_at, created_at: _, updated_at: _
} => [
    "label": plan.label,
    "externalId": external_id,
    "partnerType": filters.partner_type.as_str(),
    "paymentTarget": plan.payment_target.as_str(),
    "autoAssignRecipient": plan.auto_assign_recipient.map(|assignment| assignment.as_str()),
    "currency": plan.currency.map(|currency| currency.code()),
    "holdbackDays": plan.holdback_days,
    "entries": plan.entries,
    "tierIds": filters.tiers,
    "categoryIds": filters.categories,
    "partnerIds": filters.partners,
    "version": version,
    "archivedAt": archived_at,
]);

/// What a rule pays: everything that a version of it fixes for the payments that start under it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    pub label: String,
    #[serde(with = "target")]
    pub payment_target: PaymentTarget,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_assign_recipient: Option<RecipientAssignment>,
    /// `None`: the deal's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdback_days: Option<u32>,
    pub entries: Vec<RuleEntry>,
}

/// The partners that a rule applies to. An empty list restricts nothing; a list matches if any of its items does, and
/// all lists must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filters {
    pub partner_type: PartnerType,
    pub tiers: Vec<PartnerTierId>,
    pub categories: Vec<PartnerCategoryId>,
    pub partners: Vec<PartnerId>,
}

/// What is paid when a deal enters a stage. An entry has at least one part.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RuleEntry {
    pub stage_id: PaymentStageId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<FieldValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_off: Option<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring: Option<Part>,
}

/// How much the occurrences of a part pay.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    pub value_type: ValueType,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub value: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// `None`: unlimited; a one-off part has one occurrence all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_occurrences: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_rates: Option<PeriodRates>,
}

/// Values by the deal's option for one custom field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scaling {
    pub field_id: CustomFieldId,
    pub tiers: Vec<ScalingTier>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ScalingTier {
    pub option_id: CustomFieldOptionId,
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
}

/// Values by occurrence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PeriodRates {
    /// `false`: the periods are ignored.
    pub enabled: bool,
    pub periods: Vec<Period>,
}

/// The occurrences from `start` to `end`, both inclusive. Periods of a part do not overlap; they may leave gaps.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Period {
    pub number: u32,
    pub start: u32,
    /// `None`: unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u32>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub value: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
}

impl RuleEntry {
    pub fn part(&self, kind: PartKind) -> Option<&Part> {
        match kind {
            PartKind::OneOff => self.one_off.as_ref(),
            PartKind::Recurring => self.recurring.as_ref(),
        }
    }

    /// Whether its condition holds for a deal with these `fields`.
    pub fn holds(&self, fields: &[FieldValue]) -> bool {
        self.condition.is_none_or(|condition| fields.contains(&condition))
    }
}

impl Plan {
    pub fn has_entry_for(&self, stage: PaymentStageId) -> bool {
        self.entries.iter().any(|entry| entry.stage_id == stage)
    }

    /// Everything of the pipeline that it refers to: stages, fields, and options.
    pub fn references(&self) -> (Vec<PaymentStageId>, Vec<CustomFieldId>, Vec<CustomFieldOptionId>) {
        let (mut stages, mut fields, mut options) = (Vec::new(), Vec::new(), Vec::new());
        for entry in &self.entries {
            stages.push(entry.stage_id);
            if let Some(condition) = entry.condition {
                fields.push(condition.field_id);
                options.push(condition.option_id);
            }
            let parts = [&entry.one_off, &entry.recurring].into_iter().flatten();
            for scaling in parts.flat_map(Part::scalings) {
                fields.push(scaling.field_id);
                options.extend(scaling.tiers.iter().map(|tier| tier.option_id));
            }
        }
        stages.sort_unstable();
        stages.dedup();
        fields.sort_unstable();
        fields.dedup();
        options.sort_unstable();
        options.dedup();
        (stages, fields, options)
    }
}

impl Part {
    fn scalings(&self) -> impl Iterator<Item = &Scaling> {
        let periods = self.period_rates.iter().flat_map(|rates| &rates.periods);
        self.scaling
            .iter()
            .chain(periods.filter_map(|period| period.scaling.as_ref()))
    }
}

/// The stored spelling of a payment target.
mod target {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::commission::PaymentTarget;

    pub fn serialize<S: Serializer>(target: &PaymentTarget, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(target.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PaymentTarget, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        PaymentTarget::parse(&text).ok_or_else(|| serde::de::Error::custom("is no payment target"))
    }
}
