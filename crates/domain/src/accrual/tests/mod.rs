//! Why components do not pay, what the others pay, and where terms come from.

mod amounts;
mod items;
mod refusals;
mod terms;

use chrono::TimeZone;
use chrono_tz::Europe::Berlin;
use rust_decimal::Decimal;

use super::*;
use crate::decision::{NoCommissionReason as Reason, TermsSource};
use crate::group_rules::RuleSet;
use crate::id::{CampaignId, PartnerGroupId, PartnerId};
use crate::money::{Currency, Percentage};
use crate::partner_group::PartnerGroup;
use crate::snapshot::SnapshotSource;
use crate::terms::{Basis, Trigger};

fn at(year: i32, month: u32, day: u32) -> Timestamp {
    chrono::Utc
        .with_ymd_and_hms(year, month, day, 12, 0, 0)
        .single()
        .expect("a moment")
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency")
}

fn money(minor: i64, code: &str) -> Money {
    Money::from_minor(minor, currency(code)).expect("in range")
}

fn percent(value: &str) -> Term {
    let value = Percentage::new(value.parse().expect("a number")).expect("in range");
    Term {
        basis: Basis::Percent { value },
        ..Term::group_rules()
    }
}

fn fixed(value: &str, code: Option<&str>) -> Term {
    let value = value.parse().expect("a number");
    Term {
        basis: Basis::Fixed {
            value,
            currency: code.map(currency),
        },
        ..Term::group_rules()
    }
}

fn of_type(term: Term, trigger: Trigger) -> Term {
    Term {
        trigger,
        event_type: Some("invoice_paid".to_owned()),
        ..term
    }
}

fn for_months(term: Term, months: u32) -> Term {
    Term {
        recurring_months: Some(months),
        ..term
    }
}

/// 100.00 EUR of type `invoice_paid`, paid on 1 March 2026 by a customer without history.
fn charge() -> EarningEvent<'static> {
    EarningEvent {
        kind: EventKind::Charge,
        event_type: Some("invoice_paid"),
        amount: Some(money(10_000, "EUR")),
        items: &[],
        country: None,
        via: AttributedVia::Named,
        occurred_at: at(2026, 3, 1),
        customer: Some(CustomerHistory {
            acquired_at: at(2026, 3, 1),
            first_of_any: FirstEvents::default(),
            first_of_type: FirstEvents::default(),
            is_qualified: false,
            stage: CustomerStage::New,
        }),
    }
}

/// The first event brought money then.
fn paid_at(first: Timestamp) -> FirstEvents {
    FirstEvents {
        qualifying: Some(first),
        with_amount: Some(first),
    }
}

fn after_first(first: Timestamp) -> EarningEvent<'static> {
    EarningEvent {
        customer: Some(CustomerHistory {
            acquired_at: first,
            first_of_any: paid_at(first),
            first_of_type: paid_at(first),
            is_qualified: true,
            stage: CustomerStage::Buyer,
        }),
        ..charge()
    }
}

fn terms(terms: Vec<Term>) -> ApplicableTerms {
    ApplicableTerms {
        terms,
        holdback_days: None,
        snapshot_id: None,
        is_fallback: false,
        of_campaign: false,
        source: "campaign terms".to_owned(),
    }
}

fn group(rules: &str) -> PartnerGroup {
    let rules: RuleSet = serde_json::from_str(rules).expect("rules");
    PartnerGroup {
        id: PartnerGroupId::from_parts(at(2026, 1, 1), 0, 1),
        name: "Gold".to_owned(),
        external_id: None,
        description: None,
        tags: Vec::new(),
        is_default: false,
        currency: None,
        rules,
        version: 3,
        created_at: at(2026, 1, 1),
        updated_at: at(2026, 1, 1),
    }
}

fn judged(term: Term, event: &EarningEvent<'_>, group: Option<&PartnerGroup>) -> Verdict {
    judged_after(0, term, event, group)
}

/// The same for a partner that has this many qualified customers.
fn judged_after(
    qualified_customers: u32,
    term: Term,
    event: &EarningEvent<'_>,
    group: Option<&PartnerGroup>,
) -> Verdict {
    let terms = terms(vec![term]);
    let considered = consider(&terms, event, Berlin, currency("EUR"));
    let standing = GroupRuleFacts {
        partner_ltv: Decimal::ZERO,
        qualified_customers,
    };
    let group = group.map(|group| (group, standing));
    let mut verdicts = earned(&terms, considered, event, group, Berlin, currency("EUR")).expect("small amounts");
    verdicts.remove(0)
}
