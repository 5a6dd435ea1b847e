//! Which components of the terms an event matches, and why it does not match the others. The checks are in the order of
//! [`NoCommissionReason`].

use chrono_tz::Tz;

use super::conditions::{Stop, listed_products, near_miss, uncounted, unmatched};
use super::{ApplicableTerms, CustomerHistory, EarningEvent};
use crate::calendar::{add_months, month_of_life};
use crate::decision::{NoCommissionReason, Refusal};
use crate::items::{Measure, Sight};
use crate::money::{Currency, Money};
use crate::terms::{Basis, BasisKind, Per, Term, Trigger};

/// A component of the terms, and why it does not pay.
#[derive(Clone, Debug)]
pub struct ConsideredTerm<'a> {
    /// Its index in the terms.
    pub index: usize,
    pub term: &'a Term,
    /// What it sees of the event.
    pub seen: Seen,
    /// `None`: the event matches it.
    pub refused: Option<Refusal>,
}

/// What a component sees of an event.
#[derive(Clone, Debug)]
pub struct Seen {
    pub sight: Sight,
    /// The amount of what it sees; `None`: the event has none.
    pub amount: Option<Money>,
    pub units: i64,
    /// What that is, for explanations; `None`: everything.
    pub named: Option<String>,
}

impl Seen {
    /// What a component sees if those before it have claimed these items.
    fn of(term: &Term, event: &EarningEvent<'_>, claimed: Sight) -> Self {
        let measure = match (term.basis_kind(), term.per) {
            (BasisKind::Fixed, Per::Unit) => Measure::Units,
            (BasisKind::Fixed, Per::Event) => Measure::Whole,
            (BasisKind::Percent | BasisKind::GroupRules, _) => Measure::Amount,
        };
        let mut sight = Sight::without_items(!term.matching.names_items(), measure);
        for item in event.items.iter().filter(|item| term.matching.takes(item)) {
            if !claimed.sees(item.index) {
                sight.add(item.index);
            }
        }
        let is_everything = sight.is_everything_of(event.items);
        let amount = event.amount.map(|amount| match is_everything {
            true => amount,
            false => Money::from_minor(sight.amount_minor(event.items, amount.minor()), amount.currency())
                .expect("a part of the event's amount"),
        });
        Self {
            amount,
            units: sight.units(event.items),
            named: (!is_everything).then(|| listed_products(sight, event)),
            sight: if is_everything {
                Sight::everything(measure)
            } else {
                sight
            },
        }
    }
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
    let mut claimed = Sight::without_items(false, Measure::Amount);
    let considered = terms.terms.iter().enumerate().map(|(index, term)| {
        let seen = Seen::of(term, event, claimed);
        let unmatched = unmatched_conditions(term, event, &seen, zone, base);
        // One that is for the event claims its items, whatever it then pays for them.
        if term.exclusive && unmatched.is_none() {
            claimed.add_items_of(seen.sight);
        }
        let stop = unmatched.or_else(|| without_amount(term, &seen));
        ConsideredTerm {
            index,
            term,
            seen,
            refused: stop.map(|(reason, detail)| Refusal { reason, detail }),
        }
    });
    considered.collect()
}

fn unmatched_conditions(term: &Term, event: &EarningEvent<'_>, seen: &Seen, zone: Tz, base: Currency) -> Stop {
    other_type(term, event.event_type)
        .or_else(|| unmatched(term, event, seen.sight, base))
        .or_else(|| without_customer(term, event))
        .or_else(|| {
            let history = event.customer.as_ref()?;
            wrong_turn(term, event, history).or_else(|| too_late(term, event, history, zone))
        })
        .or_else(|| other_currency(term, event, base))
}

fn other_type(term: &Term, given: Option<&str>) -> Stop {
    let wanted = term.event_type.as_deref()?;
    let detail = match given {
        Some(given) if given == wanted => return None,
        Some(given) => near_miss("event type", std::iter::once(given), term.event_type.as_slice())
            .unwrap_or_else(|| format!("event type {given:?} is not {wanted:?}")),
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

fn without_amount(term: &Term, seen: &Seen) -> Stop {
    match &term.basis {
        Basis::Fixed { .. } => return None,
        Basis::Percent { .. } | Basis::GroupRules => {}
    }
    let detail = match (seen.amount, &seen.named) {
        (None, _) => "the event has no amount".to_owned(),
        (Some(amount), None) if amount.minor() == 0 => format!("the event's amount is {amount}"),
        (Some(amount), Some(named)) if amount.minor() == 0 => format!("the amount of {named} is {amount}"),
        (Some(_), _) => return None,
    };
    Some((NoCommissionReason::NoAmount, detail))
}
