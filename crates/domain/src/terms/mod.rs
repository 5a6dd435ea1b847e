//! Commission terms: how a campaign, or the snapshot of what a partner was promised, turns an event into amounts.

mod matching;

use rust_decimal::Decimal;

pub use matching::{CustomerCondition, Match, MatchDraft};

use super::money::{Currency, Percentage, check_stored_amount};
use super::problem::{Fault, ProblemCode, Problems};
use super::{text, text_enum};

/// Maximum number of components in terms.
pub const MAX_TERMS: usize = 10;

text_enum! {
    /// How a component computes an amount from an event.
    BasisKind { Percent = "PERCENT", Fixed = "FIXED", GroupRules = "GROUP_RULES" }
}

text_enum! {
    /// Which of a customer's events of the given type a component pays for.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    Trigger {
        #[default]
        Every = "EVERY",
        First = "FIRST",
        Subsequent = "SUBSEQUENT",
    }
}

text_enum! {
    /// What a fixed amount is paid for.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    Per {
        #[default]
        Event = "EVENT",
        /// Every unit of the items that the component sees.
        Unit = "UNIT",
    }
}

/// One component; every component that matches an event creates its own commission.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    #[serde(flatten)]
    pub basis: Basis,
    #[serde(default)]
    pub trigger: Trigger,
    /// Only events of this type match; required with `First` and `Subsequent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The number of calendar months from the first event in which the component applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring_months: Option<u32>,
    /// Which events, and which of their items, it is for.
    #[serde(default, rename = "match", skip_serializing_if = "Match::is_empty")]
    pub matching: Match,
    /// Whether the components after it do not see the items that it is for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusive: bool,
    #[serde(default, skip_serializing_if = "is_per_event")]
    pub per: Per,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_per_event(per: &Per) -> bool {
    *per == Per::Event
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Basis {
    /// A percentage of the event's amount.
    Percent { value: Percentage },
    /// A fixed amount; if no currency is given, in the tenant's base currency.
    Fixed {
        #[serde(with = "rust_decimal::serde::str")]
        value: Decimal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<Currency>,
    },
    /// The rules of the partner's group, as of when the event is recorded.
    GroupRules,
}

impl Term {
    /// Terms that leave the amount to the rules of the partner's group.
    pub fn group_rules() -> Self {
        Self {
            basis: Basis::GroupRules,
            trigger: Trigger::Every,
            event_type: None,
            recurring_months: None,
            matching: Match::default(),
            exclusive: false,
            per: Per::Event,
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
    pub matching: Option<MatchDraft>,
    /// `None`: exclusive if it names products or categories.
    pub exclusive: Option<bool>,
    pub per: Per,
}

/// The terms, or `None` after recording problems under `terms.N`. `base_currency` is the tenant's.
pub fn terms(drafts: Vec<TermDraft>, base_currency: Currency, problems: &mut Problems) -> Option<Vec<Term>> {
    problems.within("terms", |problems| {
        if !problems.at_most("", drafts.len(), MAX_TERMS, "components") {
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

/// The terms of a promise: like [`terms`], but with at least one component, since terms without any promise nothing.
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
    if draft.per == Per::Unit && draft.basis != BasisKind::Fixed {
        problems.add("per", ProblemCode::Invalid, "can be UNIT only with the basis FIXED");
    }
    let matching = matching::matching(draft.matching, draft.currency, base_currency, problems)?;
    Some(Term {
        basis: basis?,
        trigger: draft.trigger,
        event_type: event_type?,
        recurring_months: recurring_months?,
        exclusive: draft.exclusive.unwrap_or(matching.names_items()),
        matching,
        per: draft.per,
    })
}

fn basis(draft: &TermDraft, base_currency: Currency, problems: &mut Problems) -> Option<Basis> {
    if draft.currency.is_some() && !matching::uses_currency(draft.matching.as_ref(), draft.basis == BasisKind::Fixed) {
        let message = "is only for the basis FIXED, and for the amounts of a match";
        problems.add("currency", ProblemCode::Invalid, message);
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

/// The days that an accrued commission waits before it may be approved: 0 to 365.
pub fn holdback_days(days: i32) -> Result<u32, Fault> {
    match days {
        0..=365 => Ok(days.unsigned_abs()),
        _ => Err(Fault::invalid(format!("must be from 0 to 365 days, not {days}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(basis: BasisKind, value: Option<&str>) -> TermDraft {
        TermDraft {
            basis,
            value: value.map(|value| value.parse().unwrap()),
            currency: None,
            trigger: Trigger::Every,
            event_type: None,
            recurring_months: None,
            matching: None,
            exclusive: None,
            per: Per::Event,
        }
    }

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    /// The validated terms, and the problems: paths and messages.
    fn read(drafts: Vec<TermDraft>, base: &str) -> (Option<Vec<Term>>, Vec<(String, String)>) {
        let mut problems = Problems::new();
        let terms = terms(drafts, currency(base), &mut problems);
        let wrong = problems
            .into_vec()
            .into_iter()
            .map(|problem| (problem.path.join("."), problem.message));
        (terms, wrong.collect())
    }

    fn wrong(draft: TermDraft) -> Vec<String> {
        let (_, problems) = read(vec![draft], "EUR");
        problems.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn each_basis_has_the_value_that_it_needs() {
        let drafts = vec![
            draft(BasisKind::Percent, Some("12.5")),
            TermDraft {
                currency: Some(currency("JPY")),
                ..draft(BasisKind::Fixed, Some("500"))
            },
            draft(BasisKind::Fixed, Some("0")),
            TermDraft {
                trigger: Trigger::First,
                event_type: Some("signup".to_owned()),
                recurring_months: Some(600),
                ..draft(BasisKind::GroupRules, None)
            },
        ];
        let (terms, problems) = read(drafts, "EUR");
        assert_eq!(problems, []);
        let terms = terms.unwrap();
        let kinds: Vec<_> = terms.iter().map(Term::basis_kind).collect();
        assert_eq!(
            kinds,
            [
                BasisKind::Percent,
                BasisKind::Fixed,
                BasisKind::Fixed,
                BasisKind::GroupRules
            ]
        );
        assert!(matches!(&terms[1].basis, Basis::Fixed { value, currency: Some(_) } if *value == Decimal::from(500)));
        assert!(matches!(terms[2].basis, Basis::Fixed { currency: None, .. }));
        assert_eq!(
            (terms[3].trigger, terms[3].recurring_months),
            (Trigger::First, Some(600))
        );
        assert_eq!(Term::group_rules().basis_kind(), BasisKind::GroupRules);
    }

    #[test]
    fn what_cannot_be_meant_is_named_where_it_stands() {
        use BasisKind::{Fixed, GroupRules, Percent};
        for (draft, place) in [
            (draft(Percent, None), "value"),
            (draft(Percent, Some("-1")), "value"),
            (draft(Percent, Some("100.1")), "value"),
            (draft(Fixed, None), "value"),
            (draft(Fixed, Some("-0.01")), "value"),
            (draft(Fixed, Some("0.001")), "value"),
            (draft(GroupRules, Some("1")), "value"),
            (
                TermDraft {
                    currency: Some(currency("EUR")),
                    ..draft(Percent, Some("1"))
                },
                "currency",
            ),
            (
                TermDraft {
                    trigger: Trigger::Subsequent,
                    ..draft(Percent, Some("1"))
                },
                "eventType",
            ),
            (
                TermDraft {
                    recurring_months: Some(0),
                    ..draft(Percent, Some("1"))
                },
                "recurringMonths",
            ),
            (
                TermDraft {
                    recurring_months: Some(601),
                    ..draft(Percent, Some("1"))
                },
                "recurringMonths",
            ),
        ] {
            let told = format!("{draft:?}");
            assert!(wrong(draft).contains(&format!("terms.0.{place}")), "{told}");
        }
        // The decimal places are those of the amount's own currency, or else of the tenant's.
        assert!(read(vec![draft(Fixed, Some("0.5"))], "JPY").0.is_none());
        assert!(read(vec![draft(Fixed, Some("0.005"))], "KWD").0.is_some());
    }

    #[test]
    fn one_component_that_is_wrong_spoils_them_all_and_there_are_ten_at_most() {
        let many = |count| {
            (0..count)
                .map(|_| draft(BasisKind::Percent, Some("1")))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(many(MAX_TERMS), "EUR").0.map(|terms| terms.len()), Some(MAX_TERMS));
        let (terms, problems) = read(many(MAX_TERMS + 1), "EUR");
        assert_eq!((terms, problems.len()), (None, 1));
        let mut two = many(2);
        two[1].value = None;
        let (terms, problems) = read(two, "EUR");
        assert_eq!((terms, problems[0].0.as_str()), (None, "terms.1.value"));
        assert_eq!(read(Vec::new(), "EUR"), (Some(Vec::new()), Vec::new()));
        let mut problems = Problems::new();
        assert_eq!(promised(Vec::new(), currency("EUR"), &mut problems), None);
        assert!(!problems.is_empty());
        let mut problems = Problems::new();
        assert!(promised(many(1), currency("EUR"), &mut problems).is_some() && problems.is_empty());
    }

    #[test]
    fn holdbacks_last_a_year_at_most() {
        assert_eq!(holdback_days(0), Ok(0));
        assert_eq!(holdback_days(365), Ok(365));
        assert!(holdback_days(-1).is_err() && holdback_days(366).is_err());
    }
}
