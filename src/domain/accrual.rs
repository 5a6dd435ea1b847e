//! What an event earns: which terms pay, which of their components match, and how much each gives. Recording and
//! simulating call the same functions.

use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::Timestamp;
use super::calendar::{add_months, month_of_life};
use super::campaign::{Campaign, CampaignStatus};
use super::event::EventKind;
use super::explain::{Outcome, Step};
use super::group_rules::{self, Inputs};
use super::id::SnapshotId;
use super::money::{AmountTooLarge, Currency, Money};
use super::partner::PartnerStatus;
use super::partner_group::PartnerGroup;
use super::snapshot::{self, CommissionSnapshot};
use super::terms::{Basis, BasisKind, Term, Trigger};

/// The terms in force for an event.
#[derive(Clone, Debug, PartialEq)]
pub struct TermsInForce {
    pub terms: Vec<Term>,
    pub holdback_days: Option<u32>,
    pub snapshot_id: Option<SnapshotId>,
    /// Where the terms come from, for the explanation.
    source: String,
}

/// First match wins: the newest snapshot for the campaign, the newest partner-wide one, the campaign's live terms, the
/// partner's group. `snapshots` are the partner's, at least the newest of these. The holdback is the snapshot's, else the
/// campaign's.
pub fn terms_in_force(snapshots: &[CommissionSnapshot], campaign: Option<&Campaign>) -> TermsInForce {
    let of_campaign = campaign.and_then(|campaign| campaign.holdback_days);
    if let Some(snapshot) = snapshot::in_force(snapshots, campaign.map(|campaign| campaign.id)) {
        return TermsInForce {
            terms: snapshot.terms.clone(),
            holdback_days: snapshot.holdback_days.or(of_campaign),
            snapshot_id: Some(snapshot.id),
            source: format!("snapshot {} version {}", snapshot.id, snapshot.version),
        };
    }
    let (terms, source) = match campaign {
        Some(campaign) if !campaign.terms.is_empty() => (campaign.terms.clone(), "campaign terms"),
        _ => (vec![Term::group_rules()], "no terms of a snapshot or campaign"),
    };
    TermsInForce {
        terms,
        holdback_days: of_campaign,
        snapshot_id: None,
        source: source.to_owned(),
    }
}

/// Whether events of the partner and campaign earn at all.
pub fn earns(partner: PartnerStatus, campaign: Option<&Campaign>, occurred_at: Timestamp) -> bool {
    partner_earns(partner)
        && campaign.is_none_or(|campaign| {
            let open = campaign.starts_at.is_none_or(|start| occurred_at >= start)
                && campaign.ends_at.is_none_or(|end| occurred_at < end);
            open && match campaign.status {
                CampaignStatus::Active | CampaignStatus::Ended => true,
                CampaignStatus::Paused => false,
            }
        })
}

/// Whether a partner with this status earns.
pub fn partner_earns(status: PartnerStatus) -> bool {
    match status {
        PartnerStatus::Invited | PartnerStatus::Active => true,
        PartnerStatus::Suspended | PartnerStatus::Revoked => false,
    }
}

/// An event and what was recorded before it.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    pub kind: EventKind,
    pub event_type: Option<&'a str>,
    pub amount: Option<Money>,
    pub occurred_at: Timestamp,
    /// `None`: nobody knows whose event it is.
    pub customer: Option<CustomerHistory>,
}

/// What was recorded of the customer with the partner before.
#[derive(Clone, Copy, Debug)]
pub struct CustomerHistory {
    pub acquired_at: Timestamp,
    /// When the first recorded event with the partner occurred, of any type and of this event's type.
    pub first_of_any: Option<Timestamp>,
    pub first_of_type: Option<Timestamp>,
    /// Whether it already has a charge above 0 with the partner that was not wholly refunded.
    pub is_qualified: bool,
}

/// What the rules of a group look at, beside the event; before the event.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// In the currency of the event.
    pub partner_ltv: Decimal,
    pub qualified_customers: u32,
}

/// What one component gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Earned {
    /// Which component.
    pub term: usize,
    pub basis: BasisKind,
    pub amount: Money,
    pub explanation: Vec<Step>,
}

/// The components that match, by position.
pub fn matching<'a>(
    terms: &'a TermsInForce,
    event: &Happening<'_>,
    zone: Tz,
    base: Currency,
) -> Vec<(usize, &'a Term)> {
    terms
        .terms
        .iter()
        .enumerate()
        .filter(|(_, term)| matches(term, event, zone, base))
        .collect()
}

fn matches(term: &Term, event: &Happening<'_>, zone: Tz, base: Currency) -> bool {
    if event.kind.takes_back() {
        return false;
    }
    if term
        .event_type
        .as_deref()
        .is_some_and(|wanted| event.event_type != Some(wanted))
    {
        return false;
    }
    let currency_fits = match &term.basis {
        Basis::Percent { .. } | Basis::GroupRules => event.amount.is_some(),
        Basis::Fixed { currency, .. } => event
            .amount
            .is_none_or(|amount| amount.currency() == currency.unwrap_or(base)),
    };
    let (first_of_type, first) = match &event.customer {
        None => return currency_fits && term.trigger == Trigger::Every && term.recurring_months.is_none(),
        Some(customer) => {
            let first = if term.event_type.is_some() {
                customer.first_of_type
            } else {
                customer.first_of_any
            };
            (customer.first_of_type, first.unwrap_or(event.occurred_at))
        }
    };
    let trigger_fits = match term.trigger {
        Trigger::Every => true,
        Trigger::First => first_of_type.is_none(),
        Trigger::Subsequent => first_of_type.is_some(),
    };
    let in_time = term
        .recurring_months
        .is_none_or(|months| event.occurred_at < add_months(zone, first, months));
    currency_fits && trigger_fits && in_time
}

/// What the matching components give. `group` is the partner's, or the tenant's default one. Amounts of 0 are left out.
pub fn earned(
    terms: &TermsInForce,
    matching: &[(usize, &Term)],
    event: &Happening<'_>,
    group: Option<(&PartnerGroup, Standing)>,
    zone: Tz,
    base: Currency,
) -> Result<Vec<Earned>, AmountTooLarge> {
    let mut rows = Vec::with_capacity(matching.len());
    for (index, term) in matching {
        let mut steps = vec![Step {
            source: terms.source.clone(),
            outcome: Outcome::Applied,
            detail: format!("component {index} of its terms"),
            threshold: None,
            amount: None,
        }];
        let amount = match &term.basis {
            Basis::Percent { value } => {
                let Some(charged) = event.amount else { continue };
                let exact = value.of(charged.amount());
                let rounded = Money::round(exact, charged.currency())?;
                steps.push(term_step(*index, term, format!("{value} % of {charged}"), exact));
                steps.push(rounding(exact, rounded));
                Some(rounded)
            }
            Basis::Fixed { value, currency } => {
                let fixed = Money::round(*value, currency.unwrap_or(base))?;
                steps.push(term_step(*index, term, format!("{fixed}, fixed"), fixed.amount()));
                Some(fixed)
            }
            Basis::GroupRules => match (group, event.amount) {
                (Some((group, standing)), Some(charged)) => {
                    Some(by_group(group, standing, charged, event, zone, &mut steps)?)
                }
                _ => None,
            },
        };
        if let Some(amount) = amount.filter(|amount| amount.minor() != 0) {
            rows.push(Earned {
                term: *index,
                basis: term.basis_kind(),
                amount,
                explanation: steps,
            });
        }
    }
    Ok(rows)
}

fn by_group(
    group: &PartnerGroup,
    standing: Standing,
    charged: Money,
    event: &Happening<'_>,
    zone: Tz,
    steps: &mut Vec<Step>,
) -> Result<Money, AmountTooLarge> {
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
    let inputs = Inputs::live(
        charged,
        months,
        standing.partner_ltv,
        standing.qualified_customers,
        bootstrap,
    );
    Ok(group_rules::evaluate(&group.rules, group.currency, &inputs, steps)?.fee)
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
        conditions.push(format!("in the first {months} months"));
    }
    Step {
        source: format!("terms.{index} {}", term.basis_kind().as_str()),
        outcome: Outcome::Applied,
        detail,
        threshold: Some(conditions.join(", ")).filter(|text| !text.is_empty()),
        amount: Some(amount.normalize()),
    }
}

/// The step that says what rounding did.
pub fn rounding(exact: Decimal, rounded: Money) -> Step {
    Step {
        source: "rounding".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("{} to {rounded}, half away from zero", exact.normalize()),
        threshold: None,
        amount: Some((rounded.amount() - exact).normalize()),
    }
}
