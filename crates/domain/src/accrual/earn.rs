//! The amounts of the components that an event matches.

use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::component::Seen;
use super::component::months as months_of;
use super::{ApplicableTerms, ConsideredTerm, EarningEvent, GroupRuleFacts};
use crate::calendar::month_of_life;
use crate::decision::{Component, NoCommissionReason, Refusal};
use crate::event::EventKind;
use crate::explain::{Outcome, Step, rounding};
use crate::group_rules::{self, GroupRuleInputs};
use crate::items::Sight;
use crate::money::{AmountTooLarge, Currency, Money, written};
use crate::partner_group::PartnerGroup;
use crate::terms::{Basis, BasisKind, CustomerCondition, Match, Per, Term, Trigger};

/// What one component pays.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentEarning {
    /// The index of the component.
    pub term: usize,
    pub basis: BasisKind,
    /// What of the event it was earned for.
    pub sight: Sight,
    /// Never 0.
    pub amount: Money,
    /// A short description of how it was computed.
    pub detail: String,
    pub explanation: Vec<Step>,
}

/// What one component pays, or why it does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Pays(ComponentEarning),
    Refused { term: usize, refusal: Refusal },
}

impl Verdict {
    pub fn earned(self) -> Option<ComponentEarning> {
        match self {
            Self::Pays(earned) => Some(earned),
            Self::Refused { .. } => None,
        }
    }

    /// The component as stored in the decision, before any tier is applied.
    pub fn component(&self) -> Component {
        match self {
            Self::Pays(earned) => Component {
                term: earned.term,
                reason: None,
                amount: Some(earned.amount),
                detail: earned.detail.clone(),
            },
            Self::Refused { term, refusal } => Component {
                term: *term,
                reason: Some(refusal.reason),
                amount: None,
                detail: refusal.detail.clone(),
            },
        }
    }
}

/// The result of each component, in order. `group` is the partner's, or the tenant's default one; it is used only by
/// components that pay by group rules. Fails if an amount is too large.
pub fn earned(
    terms: &ApplicableTerms,
    considered: Vec<ConsideredTerm<'_>>,
    event: &EarningEvent<'_>,
    group: Option<(&PartnerGroup, GroupRuleFacts)>,
    zone: Tz,
    base: Currency,
) -> Result<Vec<Verdict>, AmountTooLarge> {
    let verdicts = considered.into_iter().map(|considered| {
        let ConsideredTerm {
            index,
            term,
            seen,
            refused,
        } = considered;
        let paid = match refused {
            Some(refusal) => Err(refusal),
            None => pay(terms, (index, term, &seen), event, group, zone, base)?,
        };
        Ok(match paid {
            Ok(earned) => Verdict::Pays(earned),
            Err(refusal) => Verdict::Refused { term: index, refusal },
        })
    });
    verdicts.collect()
}

/// An amount before and after rounding.
struct RoundedAmount {
    exact: Decimal,
    rounded: Money,
    detail: String,
    /// The reason to give if the exact amount is 0.
    zero: NoCommissionReason,
}

fn pay(
    terms: &ApplicableTerms,
    (index, term, seen): (usize, &Term, &Seen),
    event: &EarningEvent<'_>,
    group: Option<(&PartnerGroup, GroupRuleFacts)>,
    zone: Tz,
    base: Currency,
) -> Result<Result<ComponentEarning, Refusal>, AmountTooLarge> {
    let mut steps = vec![Step {
        source: terms.source.clone(),
        outcome: Outcome::Applied,
        detail: match terms.is_fallback {
            true => "the rules of the partner's group decide".to_owned(),
            false => format!("component {} of {}", index + 1, terms.terms.len()),
        },
        threshold: None,
        amount: None,
    }];
    let worth = match (&term.basis, seen.amount) {
        (Basis::Percent { value }, Some(charged)) => {
            let exact = value.of(charged.amount());
            let rounded = Money::round(exact, charged.currency())?;
            let detail = format!("{value} % of {charged}{}", in_brackets(seen));
            steps.push(term_step(index, term, detail.clone(), exact));
            steps.push(rounding(exact, rounded));
            RoundedAmount {
                exact,
                rounded,
                detail,
                zero: NoCommissionReason::ZeroRate,
            }
        }
        (Basis::Fixed { value, currency }, _) => {
            let once = Money::round(*value, currency.unwrap_or(base))?;
            let (rounded, detail) = match term.per {
                Per::Event => (once, format!("{once}, fixed")),
                Per::Unit => {
                    let minor = once.minor().checked_mul(seen.units).ok_or(AmountTooLarge)?;
                    let units = match seen.units {
                        1 => "1 unit".to_owned(),
                        count => format!("{count} units"),
                    };
                    let detail = format!("{once} for each of {units}{}", in_brackets(seen));
                    (Money::from_minor(minor, once.currency())?, detail)
                }
            };
            steps.push(term_step(index, term, detail.clone(), rounded.amount()));
            RoundedAmount {
                exact: rounded.amount(),
                rounded,
                detail,
                zero: NoCommissionReason::ZeroRate,
            }
        }
        (Basis::GroupRules, Some(charged)) => match group {
            Some((group, standing)) => by_group(group, standing, (charged, seen), event, zone, &mut steps)?,
            None => {
                let detail = "no partner group, and no default group".to_owned();
                return Ok(Err(Refusal {
                    reason: NoCommissionReason::NoGroup,
                    detail,
                }));
            }
        },
        (Basis::Percent { .. } | Basis::GroupRules, None) => {
            unreachable!("components of a share are refused where there is no amount")
        }
    };
    let RoundedAmount {
        exact,
        rounded,
        detail,
        zero,
    } = worth;
    if rounded.minor() != 0 {
        return Ok(Ok(ComponentEarning {
            term: index,
            basis: term.basis_kind(),
            sight: seen.sight,
            amount: rounded,
            detail,
            explanation: steps,
        }));
    }
    Ok(Err(if exact.is_zero() {
        Refusal { reason: zero, detail }
    } else {
        let detail = format!("{detail}: {} rounds to {rounded}", written(exact, rounded.currency()));
        Refusal {
            reason: NoCommissionReason::RoundedToZero,
            detail,
        }
    }))
}

/// What a component sees, where that is not the whole event.
fn in_brackets(seen: &Seen) -> String {
    seen.named.as_ref().map_or(String::new(), |named| format!(" ({named})"))
}

fn by_group(
    group: &PartnerGroup,
    standing: GroupRuleFacts,
    (charged, seen): (Money, &Seen),
    event: &EarningEvent<'_>,
    zone: Tz,
    steps: &mut Vec<Step>,
) -> Result<RoundedAmount, AmountTooLarge> {
    let months = event.customer.map_or(1, |customer| {
        month_of_life(zone, customer.acquired_at, event.occurred_at)
    });
    let qualifies = event.kind == EventKind::Charge && charged.minor() > 0;
    let bootstrap =
        qualifies && standing.qualified_customers == 0 && event.customer.is_some_and(|customer| !customer.is_qualified);
    steps.push(Step {
        source: "partner group".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("{} version {}", group.name, group.version),
        threshold: None,
        amount: None,
    });
    let inputs = GroupRuleInputs::live(
        charged,
        months,
        standing.partner_ltv,
        standing.qualified_customers,
        bootstrap,
    );
    let considered = steps.len();
    let fee = group_rules::evaluate(&group.rules, group.currency, &inputs, steps)?;
    let blocked = steps[considered..].iter().find(|step| step.outcome == Outcome::Blocked);
    let why = match blocked.and_then(|step| step.threshold.as_deref()) {
        Some(threshold) => format!(", blocked: {threshold}"),
        None => String::new(),
    };
    Ok(RoundedAmount {
        exact: fee.exact,
        rounded: fee.fee,
        detail: format!(
            "rules of the group {}: {} % of {charged}{}{why}",
            group.name,
            fee.effective_percentage,
            in_brackets(seen)
        ),
        zero: NoCommissionReason::RulesGaveZero,
    })
}

fn term_step(index: usize, term: &Term, detail: String, amount: Decimal) -> Step {
    let mut conditions = Vec::new();
    if let Some(event_type) = &term.event_type {
        conditions.push(format!("event type {event_type}"));
    }
    if term.trigger != Trigger::Every {
        conditions.push(format!("trigger {}", term.trigger.as_str()));
    }
    if let Some(months) = term.recurring_months {
        conditions.push(format!("in the first {}", months_of(months)));
    }
    conditions.extend(match_conditions(&term.matching));
    Step {
        source: format!("terms.{index} {}", term.basis_kind().as_str()),
        outcome: Outcome::Applied,
        detail,
        threshold: Some(conditions.join(", ")).filter(|text| !text.is_empty()),
        amount: Some(amount.normalize()),
    }
}

/// The conditions of a match, in words.
fn match_conditions(wanted: &Match) -> Vec<String> {
    let mut conditions = Vec::new();
    let lists = [
        ("product", &wanted.products),
        ("category", &wanted.categories),
        ("not product", &wanted.exclude_products),
        ("country", &wanted.countries),
    ];
    for (what, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        conditions.push(format!("{what} {}", list.join(" or ")));
    }
    if !wanted.via.is_empty() {
        let via: Vec<_> = wanted.via.iter().map(|via| via.as_str()).collect();
        conditions.push(format!("attributed via {}", via.join(" or ")));
    }
    conditions.extend(wanted.min_amount.map(|least| format!("amount at least {least}")));
    conditions.extend(wanted.max_amount.map(|below| format!("amount below {below}")));
    conditions.extend(wanted.customer.map(|customer| match customer {
        CustomerCondition::New => "new customer".to_owned(),
        CustomerCondition::Returning => "returning customer".to_owned(),
    }));
    conditions
}
