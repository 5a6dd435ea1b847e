//! Commission terms: how a campaign, or the snapshot of what a partner was promised, turns an event into amounts.

use rust_decimal::Decimal;

use super::money::{Currency, Percentage, check_stored_amount};
use super::problem::{Fault, ProblemCode, Problems};
use super::{text, text_enum};

/// The most components terms have.
pub const MAX_TERMS: usize = 10;

text_enum! {
    /// How a component turns an event into an amount.
    BasisKind { Percent = "PERCENT", Fixed = "FIXED", GroupRules = "GROUP_RULES" }
}

text_enum! {
    /// Which of a customer's events of the type a component pays for.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    Trigger {
        #[default]
        Every = "EVERY",
        First = "FIRST",
        Subsequent = "SUBSEQUENT",
    }
}

/// One component; every component that matches an event makes its own commission.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    #[serde(flatten)]
    pub basis: Basis,
    #[serde(default)]
    pub trigger: Trigger,
    /// Only events of this type; required with `First` and `Subsequent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Only in that many calendar months from the first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring_months: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Basis {
    /// A share of the event's amount.
    Percent { value: Percentage },
    /// An amount; without a currency, in the tenant's base currency.
    Fixed {
        #[serde(with = "rust_decimal::serde::str")]
        value: Decimal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<Currency>,
    },
    /// Whatever the rules of the partner's group say when the event is recorded.
    GroupRules,
}

impl Term {
    /// Terms that leave everything to the partner's group.
    pub fn group_rules() -> Self {
        Self {
            basis: Basis::GroupRules,
            trigger: Trigger::Every,
            event_type: None,
            recurring_months: None,
        }
    }

    pub fn basis_kind(&self) -> BasisKind {
        match self.basis {
            Basis::Percent { .. } => BasisKind::Percent,
            Basis::Fixed { .. } => BasisKind::Fixed,
            Basis::GroupRules => BasisKind::GroupRules,
        }
    }
}

/// A component as entered.
#[derive(Clone, Debug)]
pub struct TermDraft {
    pub basis: BasisKind,
    pub value: Option<Decimal>,
    /// An ISO 4217 code.
    pub currency: Option<Currency>,
    pub trigger: Trigger,
    pub event_type: Option<String>,
    pub recurring_months: Option<i32>,
}

/// The terms, or `None` after noting what is wrong with them under `terms.N`. `base_currency` is the tenant's.
pub fn terms(drafts: Vec<TermDraft>, base_currency: Currency, problems: &mut Problems) -> Option<Vec<Term>> {
    problems.within("terms", |problems| {
        if drafts.len() > MAX_TERMS {
            problems.add(
                "",
                ProblemCode::Invalid,
                format!("has too many entries: at most {MAX_TERMS} components"),
            );
            return None;
        }
        let count = drafts.len();
        let mut terms = Vec::with_capacity(count);
        for (index, draft) in drafts.into_iter().enumerate() {
            terms.extend(problems.within(index, |problems| term(draft, base_currency, problems)));
        }
        (terms.len() == count).then_some(terms)
    })
}

/// The terms of a promise: like [`terms`], but at least one component, since no component would mean no promise.
pub fn promised(drafts: Vec<TermDraft>, base_currency: Currency, problems: &mut Problems) -> Option<Vec<Term>> {
    if drafts.is_empty() {
        problems.add("terms", ProblemCode::Required, "must have at least one component");
        return None;
    }
    terms(drafts, base_currency, problems)
}

fn term(draft: TermDraft, base_currency: Currency, problems: &mut Problems) -> Option<Term> {
    let basis = basis(&draft, base_currency, problems);
    let event_type = match draft.event_type.as_deref().map(text::event_type).transpose() {
        Ok(None) if draft.trigger != Trigger::Every => {
            let message = format!("must be given with the trigger {}", draft.trigger.as_str());
            problems.take("eventType", Err(Fault(ProblemCode::Required, message)))
        }
        result => problems.take("eventType", result),
    };
    let recurring_months = match draft.recurring_months {
        None => Some(None),
        Some(months @ 1..=600) => Some(Some(months.unsigned_abs())),
        Some(_) => problems.take("recurringMonths", Err(Fault::invalid("must be from 1 to 600"))),
    };
    Some(Term {
        basis: basis?,
        trigger: draft.trigger,
        event_type: event_type?,
        recurring_months: recurring_months?,
    })
}

fn basis(draft: &TermDraft, base_currency: Currency, problems: &mut Problems) -> Option<Basis> {
    if draft.currency.is_some() && draft.basis != BasisKind::Fixed {
        problems.add("currency", ProblemCode::Invalid, "is only for the basis FIXED");
    }
    match (draft.basis, draft.value) {
        (BasisKind::Percent, Some(value)) => problems
            .take("value", Percentage::new(value))
            .map(|value| Basis::Percent { value }),
        (BasisKind::Fixed, Some(value)) => {
            let currency = draft.currency.unwrap_or(base_currency);
            let value = if value < Decimal::ZERO {
                Err(Fault::invalid("must not be negative"))
            } else {
                Ok(value)
            };
            let value = problems.take(
                "value",
                value.and_then(|value| check_stored_amount(value, Some(currency))),
            )?;
            Some(Basis::Fixed {
                value,
                currency: draft.currency,
            })
        }
        (BasisKind::GroupRules, None) => Some(Basis::GroupRules),
        (BasisKind::GroupRules, Some(_)) => problems.take(
            "value",
            Err(Fault::invalid("is not for the basis GROUP_RULES: the group decides")),
        ),
        (BasisKind::Percent | BasisKind::Fixed, None) => problems.take("value", Err(Fault::required())),
    }
}

/// Days an accrued commission waits before it may be approved: 0 to 365.
pub fn holdback_days(days: i32) -> Result<u32, Fault> {
    match days {
        0..=365 => Ok(days.unsigned_abs()),
        _ => Err(Fault::invalid(format!("must be from 0 to 365 days, not {days}"))),
    }
}
