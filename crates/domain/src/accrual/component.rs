//! Which components of the terms an event matches, and why it does not match the others. The checks are in the order of
//! [`NoCommissionReason`].

use chrono_tz::Tz;

use super::{ApplicableTerms, CustomerHistory, EarningEvent};
use crate::calendar::{add_months, month_of_life};
use crate::decision::{NoCommissionReason, Refusal};
use crate::money::Currency;
use crate::terms::{Basis, BasisKind, Term, Trigger};

/// A component of the terms, and why it does not pay.
#[derive(Clone, Debug)]
pub struct ConsideredTerm<'a> {
    /// Its index in the terms.
    pub index: usize,
    pub term: &'a Term,
    /// `None`: the event matches it.
    pub refused: Option<Refusal>,
}

impl ConsideredTerm<'_> {
    /// Whether the rules of the partner's group determine its amount.
    pub fn uses_group_rules(&self) -> bool {
        self.refused.is_none() && self.term.basis_kind() == BasisKind::GroupRules
    }
}

/// All components, in order; none for refunds and chargebacks, which earn nothing.
pub fn consider<'a>(
    terms: &'a ApplicableTerms,
    event: &EarningEvent<'_>,
    zone: Tz,
    base: Currency,
) -> Vec<ConsideredTerm<'a>> {
    if event.kind.takes_back() {
        return Vec::new();
    }
    let considered = terms.terms.iter().enumerate().map(|(index, term)| ConsideredTerm {
        index,
        term,
        refused: refused(term, event, zone, base),
    });
    considered.collect()
}

fn refused(term: &Term, event: &EarningEvent<'_>, zone: Tz, base: Currency) -> Option<Refusal> {
    let (reason, detail) = other_type(term, event.event_type)
        .or_else(|| without_customer(term, event))
        .or_else(|| {
            let history = event.customer.as_ref()?;
            wrong_turn(term, event, history).or_else(|| too_late(term, event, history, zone))
        })
        .or_else(|| other_currency(term, event, base))
        .or_else(|| without_amount(term, event))?;
    Some(Refusal { reason, detail })
}

type Stop = Option<(NoCommissionReason, String)>;

fn other_type(term: &Term, given: Option<&str>) -> Stop {
    let wanted = term.event_type.as_deref()?;
    let detail = match given {
        Some(given) if given == wanted => return None,
        Some(given) if given.to_lowercase() == wanted.to_lowercase() => {
            format!("event type {given:?} is not {wanted:?} (differs in case only)")
        }
        Some(given) => format!("event type {given:?} is not {wanted:?}"),
        None => format!("no event type, {wanted:?} is asked for"),
    };
    Some((NoCommissionReason::EventType, detail))
}

fn without_customer(term: &Term, event: &EarningEvent<'_>) -> Stop {
    let asks = match term.trigger {
        Trigger::First | Trigger::Subsequent => format!("the trigger {}", term.trigger.as_str()),
        Trigger::Every => format!("the limit of {}", months(term.recurring_months?)),
    };
    let is_missing = event.customer.is_none();
    is_missing.then(|| {
        (
            NoCommissionReason::CustomerRequired,
            format!("no customer, {asks} needs one"),
        )
    })
}

/// A number of months, in words.
pub(super) fn months(count: u32) -> String {
    match count {
        1 => "1 month".to_owned(),
        count => format!("{count} months"),
    }
}

fn wrong_turn(term: &Term, event: &EarningEvent<'_>, history: &CustomerHistory) -> Stop {
    let event_type = term.event_type.as_deref().unwrap_or_default();
    let first = history.first_of_type.of(term.basis_kind());
    let counts = event.counts_for(term.basis_kind());
    match (term.trigger, first) {
        (Trigger::First, Some(_)) => Some((
            NoCommissionReason::NotFirst,
            format!("an event of type {event_type:?} of this customer was recorded before"),
        )),
        (Trigger::First, None) if !counts => Some((NoCommissionReason::NotFirst, uncounted(event, "first"))),
        (Trigger::Subsequent, Some(_)) if !counts => {
            Some((NoCommissionReason::NotSubsequent, uncounted(event, "subsequent")))
        }
        (Trigger::Subsequent, None) => Some((
            NoCommissionReason::NotSubsequent,
            format!("the first event of type {event_type:?} of this customer"),
        )),
        (Trigger::Every, _) | (Trigger::First, None) | (Trigger::Subsequent, Some(_)) => None,
    }
}

/// That an event brought no money, so that it is neither the first nor a subsequent one.
fn uncounted(event: &EarningEvent<'_>, what: &str) -> String {
    let kind = event.kind.as_str().to_lowercase();
    match event.amount {
        Some(amount) => format!("a {kind} of {amount} does not count as a {what} event"),
        None => format!("a {kind} without an amount does not count as a {what} event"),
    }
}

fn too_late(term: &Term, event: &EarningEvent<'_>, history: &CustomerHistory, zone: Tz) -> Stop {
    let months = term.recurring_months?;
    let first = match term.event_type {
        Some(_) => history.first_of_type,
        None => history.first_of_any,
    };
    let first = first.of(term.basis_kind()).unwrap_or(event.occurred_at);
    let is_over = event.occurred_at >= add_months(zone, first, months);
    is_over.then(|| {
        let month = month_of_life(zone, first, event.occurred_at);
        (
            NoCommissionReason::RecurringMonthsOver,
            format!("month {month} of {months}"),
        )
    })
}

fn other_currency(term: &Term, event: &EarningEvent<'_>, base: Currency) -> Stop {
    let Basis::Fixed { currency, .. } = &term.basis else {
        return None;
    };
    let (given, wanted) = (event.amount?.currency(), currency.unwrap_or(base));
    let kind = event.kind.as_str().to_lowercase();
    (given != wanted).then(|| {
        (
            NoCommissionReason::Currency,
            format!("{given} {kind}, fixed amount in {wanted}"),
        )
    })
}

fn without_amount(term: &Term, event: &EarningEvent<'_>) -> Stop {
    match &term.basis {
        Basis::Fixed { .. } => return None,
        Basis::Percent { .. } | Basis::GroupRules => {}
    }
    let detail = match event.amount {
        None => "the event has no amount".to_owned(),
        Some(amount) if amount.minor() == 0 => format!("the event's amount is {amount}"),
        Some(_) => return None,
    };
    Some((NoCommissionReason::NoAmount, detail))
}
