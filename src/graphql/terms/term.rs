//! Commission terms as input and output types.

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Enum, InputObject, SimpleObject};

use super::term_match::{TermMatch, TermMatchInput};
use crate::graphql::rows::{PlainObject, SubSelection, unwritten};
use crate::graphql::scalar::{CurrencyCode, Decimal};
use domain::terms::{self, Basis, Term, TermDraft};
use store::view::JsonText;

/// One component of commission terms. Every component that matches an event creates a commission.
#[derive(Clone, SimpleObject)]
pub struct CommissionTerm {
    /// How it turns an event into an amount.
    pub basis: TermBasis,
    /// For PERCENT, the percentage ("20" is 20 %); for FIXED, the amount; null for GROUP_RULES.
    pub value: Option<Decimal>,
    /// The currency of the amount of FIXED and of the amounts of the match; null for the tenant's base currency, and
    /// where there is no such amount.
    pub currency: Option<CurrencyCode>,
    /// The events of a customer for which it pays.
    pub trigger: TermTrigger,
    /// Only events of this type; null: of any type.
    pub event_type: Option<String>,
    /// Only within this number of calendar months from the customer's first event that counts for FIRST; null: without
    /// limit.
    pub recurring_months: Option<u32>,
    /// Which events, and which of their items, it is for; null: all.
    #[graphql(name = "match")]
    pub matching: Option<TermMatch>,
    /// Whether the components after it do not see the items that it is for.
    pub exclusive: bool,
    /// For FIXED, what the amount is paid for.
    pub per: TermPer,
}

impl PlainObject for CommissionTerm {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "match" => match &self.matching {
                Some(matching) => below.object(matching, json),
                None => json.null(),
            },
            "exclusive" => json.truth(self.exclusive),
            "per" => json.plain(enum_value(self.per)),
            "basis" => json.plain(enum_value(self.basis)),
            "value" => json.optional(self.value.map(|value| value.0)),
            "currency" => json.optional(self.currency.map(|currency| currency.0)),
            "trigger" => json.plain(enum_value(self.trigger)),
            "eventType" => json.optional_text(self.event_type.as_deref()),
            "recurringMonths" => match self.recurring_months {
                Some(months) => json.number(months),
                None => json.null(),
            },
            _ => unwritten(self, field, json),
        }
    }
}

/// How a component turns an event into an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::BasisKind")]
pub enum TermBasis {
    /// A share of the event's amount.
    Percent,
    /// A fixed amount.
    Fixed,
    /// The result of the rules of the partner's group when the event is recorded.
    GroupRules,
}

/// What a fixed amount is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::Per")]
pub enum TermPer {
    /// Once for the event.
    Event,
    /// For each unit of the items that the component sees. An event without items has none.
    Unit,
}

/// The events of a customer for which a component pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::Trigger")]
pub enum TermTrigger {
    /// Every event.
    Every,
    /// The first event of its type: a conversion, or a charge above 0; for PERCENT and GROUP_RULES one with an amount above
    /// 0.
    First,
    /// Such events after the first of its type.
    Subsequent,
}

/// One component of commission terms.
#[derive(Clone, InputObject)]
pub struct CommissionTermInput {
    /// How it turns an event into an amount.
    pub basis: TermBasis,
    /// For PERCENT, "0" to "100" with at most 6 decimals; for FIXED, the amount; not allowed for GROUP_RULES.
    pub value: Option<Decimal>,
    /// The currency of the amount, only for FIXED, and of the amounts of the match; by default the tenant's base currency.
    pub currency: Option<CurrencyCode>,
    /// The events of a customer for which it pays.
    #[graphql(default_with = "TermTrigger::Every")]
    pub trigger: TermTrigger,
    /// Only events of this type. Required for FIRST and SUBSEQUENT.
    pub event_type: Option<String>,
    /// Only within this number of calendar months from the customer's first event that counts for FIRST, 1 to 600.
    pub recurring_months: Option<i32>,
    /// Which events, and which of their items, it is for; by default all.
    #[graphql(name = "match")]
    pub matching: Option<TermMatchInput>,
    /// Whether the components after it do not see the items that it is for; by default true if the match names products
    /// or categories, else false.
    pub exclusive: Option<bool>,
    /// For FIXED, what the amount is paid for.
    #[graphql(default_with = "TermPer::Event")]
    pub per: TermPer,
}

impl From<&Term> for CommissionTerm {
    fn from(term: &Term) -> Self {
        let (value, currency) = match &term.basis {
            Basis::Percent { value } => (Some(value.value()), term.matching.currency),
            Basis::Fixed { value, currency } => (Some(*value), *currency),
            Basis::GroupRules => (None, term.matching.currency),
        };
        Self {
            basis: term.basis_kind().into(),
            value: value.map(Decimal),
            currency: currency.map(CurrencyCode),
            trigger: term.trigger.into(),
            event_type: term.event_type.clone(),
            recurring_months: term.recurring_months,
            matching: (!term.matching.is_empty()).then(|| TermMatch::from(&term.matching)),
            exclusive: term.exclusive,
            per: term.per.into(),
        }
    }
}

impl From<CommissionTermInput> for TermDraft {
    fn from(input: CommissionTermInput) -> Self {
        Self {
            basis: input.basis.into(),
            value: input.value.map(Into::into),
            currency: input.currency.map(Into::into),
            trigger: input.trigger.into(),
            event_type: input.event_type,
            recurring_months: input.recurring_months,
            matching: input.matching.map(Into::into),
            exclusive: input.exclusive,
            per: input.per.into(),
        }
    }
}
