//! One partner's charges on one campaign, some of them refunded: the expected sums are computed independently.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::UTC;
use proptest::prelude::*;

use super::*;
use crate::attribution::AttributionSettings;
use crate::campaign::{Campaign, CampaignStatus};
use crate::commission::CommissionKind;
use crate::decision::{Component, MadeWith, TermsSource};
use crate::event::{Attribution, AttributionSource, Event, EventKind};
use crate::history::Moment;
use crate::id::{CommissionId, EventId, Id, Kind, PartnerId};
use crate::money::{Currency, Money, Percentage};
use crate::partner::PartnerStatus;
use crate::refund::{Refunded, share};
use crate::terms::{Basis, Term};

fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().expect("a moment")
}

fn id<K: Kind>(number: u64) -> Id<K> {
    Id::from_parts(start(), 0, number)
}

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("EUR").expect("a currency")).expect("in range")
}

fn percent(value: u32) -> Vec<Term> {
    let value = Percentage::new(value.into()).expect("in range");
    vec![Term {
        basis: Basis::Percent { value },
        ..Term::group_rules()
    }]
}

fn campaign(terms: Vec<Term>) -> Campaign {
    Campaign {
        id: id(1),
        name: "Spring".to_owned(),
        external_id: None,
        status: CampaignStatus::Active,
        terms,
        holdback_days: None,
        starts_at: None,
        ends_at: None,
        advertiser_id: None,
        destination_url: None,
        link_hosts: Vec::new(),
        attribution: AttributionSettings::default(),
        created_at: start(),
        updated_at: start(),
        version: 1,
    }
}

fn event(number: i64, kind: EventKind, amount: Money, original: Option<EventId>) -> Event {
    let at = start() + TimeDelta::minutes(number);
    let event = Event {
        id: EventId::from_parts(at, 0, 0),
        external_id: format!("event {number}"),
        content: crate::personal::Content::Given(Vec::new()),
        kind,
        event_type: None,
        base: true,
        amount: Some(amount),
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at: at,
        recorded_at: at,
        customer_id: None,
        attribution: None,
        original_id: original,
        metadata: None,
        refunded_minor: 0,
        wholly_refunded: false,
        refunded_items: Vec::new(),
    };
    let moment = Moment { sequence: number, at };
    let attribution = Attribution::whole(&event, (id(2), Some(id(1))), AttributionSource::NAMED, moment);
    Event {
        attribution: Some(attribution),
        ..event
    }
}

fn row(number: u64, of: &Event, kind: CommissionKind, amount: Money, adjusts: Option<CommissionId>) -> HistoryRow {
    HistoryRow {
        id: id(1_000 + number),
        kind,
        amount,
        sight: Default::default(),
        event: of.id,
        campaign: None,
        adjusts,
        tier: None,
        accrued_at: of.recorded_at,
        reversed: None,
    }
}

/// `value` percent of the amount, half away from zero.
fn part(minor: i64, value: u32) -> i64 {
    (minor * i64::from(value) * 2 + 100) / 200
}

/// A charge, and the percentages of it that are refunded, one after the other.
type Sale = (i64, Vec<i64>);

fn sales() -> impl Strategy<Value = Vec<Sale>> {
    let refunds = prop::collection::vec(1..40i64, 0..3);
    prop::collection::vec((1..100_000i64, refunds), 1..12)
}

/// The history of sales that earned `value` percent, whose rows were paid before anything was refunded.
fn history(sales: &[Sale], value: u32) -> Vec<HistoryEvent> {
    let (mut history, mut number) = (Vec::new(), 0);
    for (charged, refunds) in sales {
        number += 1;
        let mut sale = event(number, EventKind::Charge, euros(*charged), None);
        let taken: Vec<i64> = refunds.iter().map(|percent| charged * percent / 100).collect();
        sale.refunded_minor = taken.iter().sum();
        let earned = part(*charged, value);
        let mut own = row(number.unsigned_abs(), &sale, CommissionKind::Event, euros(earned), None);
        own.accrued_at = sale.recorded_at;
        let component = Component {
            term: 0,
            reason: None,
            amount: Some(own.amount),
            detail: String::new(),
        };
        let decision = HistoryDecision {
            reason: None,
            components: vec![component],
            made_with: MadeWith {
                partner_status: Some(PartnerStatus::Active),
                source: Some(TermsSource::Campaign),
                campaign_version: Some(1),
                own_group: Some(None),
                ..MadeWith::default()
            },
        };
        let (sale_id, own_id) = (sale.id, own.id);
        history.push(HistoryEvent {
            event: sale,
            acquired_at: None,
            customer_stage: Default::default(),
            decision: Some(decision),
            rows: if earned == 0 { Vec::new() } else { vec![own] },
            rated: Vec::new(),
            had_since: None,
        });
        let (mut so_far, mut clawed) = (0, 0);
        for taken in taken {
            number += 1;
            let refund = event(number, EventKind::Refund, euros(taken), Some(sale_id));
            so_far += taken;
            let refunded = Refunded {
                refunded_minor: so_far,
                charged_minor: *charged,
                wholly: false,
            };
            let back = share(earned, refunded.into()) - clawed;
            clawed += back;
            let kind = CommissionKind::Clawback;
            let rows = (back != 0).then(|| row(number.unsigned_abs(), &refund, kind, euros(-back), Some(own_id)));
            history.push(HistoryEvent {
                event: refund,
                acquired_at: None,
                customer_stage: Default::default(),
                decision: None,
                rows: rows.into_iter().collect(),
                rated: Vec::new(),
                had_since: None,
            });
        }
    }
    history
}

fn replayed(history: Vec<HistoryEvent>, versions: &Versions, from: Timestamp) -> Replayed {
    let whose = ReplayedPartner {
        partner: PartnerId::from_uuid(id::<crate::id::Partner>(2).uuid()),
        status: PartnerStatus::Active,
        group: None,
        snapshots: HashMap::new(),
        loose: Vec::new(),
        passages: Vec::new(),
        as_recorded: Vec::new(),
        zone: UTC,
        base: Currency::parse("EUR").expect("a currency"),
        from,
    };
    let mut replay = Replay::new(whose, versions);
    for recorded in history {
        replay.step(recorded).expect("small amounts");
    }
    replay.finish().expect("small sums")
}

fn versions(value: u32) -> Versions {
    let since = Versioned {
        version: 1,
        begins_at: start(),
        value: Arc::new(campaign(percent(value))),
    };
    Versions {
        campaigns: HashMap::from([(id(1), vec![since])]),
        ..Versions::default()
    }
}

/// What is left of all sales at `value` percent.
fn left(sales: &[Sale], value: u32) -> i64 {
    let left = |(charged, refunds): &Sale| {
        let taken: i64 = refunds.iter().map(|percent| charged * percent / 100).sum();
        let refunded = Refunded {
            refunded_minor: taken,
            charged_minor: *charged,
            wholly: false,
        };
        let earned = part(*charged, value);
        earned - share(earned, refunded.into())
    };
    sales.iter().map(left).sum()
}

proptest! {
    #[test]
    fn what_was_in_force_comes_to_what_there_is(sales in sales(), value in 1u32..100) {
        let replayed = replayed(history(&sales, value), &versions(value), start());
        let total = replayed.tally.total.values().next().copied().unwrap_or_default();
        prop_assert_eq!(total.actual_minor, left(&sales, value));
        prop_assert_eq!(total.proposed_minor, total.actual_minor);
        prop_assert_eq!((total.appeared, total.disappeared, total.rose, total.fell), (0, 0, 0, 0));
        prop_assert!(replayed.changed.is_empty() && !replayed.is_incomplete);
    }

    #[test]
    fn other_terms_come_to_what_they_would_have_paid(sales in sales(), value in 1u32..100, other in 1u32..100) {
        let replayed = replayed(history(&sales, value), &versions(other), start());
        let total = replayed.tally.total.values().next().copied().unwrap_or_default();
        prop_assert_eq!((total.actual_minor, total.proposed_minor), (left(&sales, value), left(&sales, other)));
        let months: i64 = replayed.tally.months.values().map(|sum| sum.proposed_minor).sum();
        let campaigns: i64 = replayed.tally.campaigns.values().map(|sum| sum.proposed_minor).sum();
        prop_assert_eq!((months, campaigns), (total.proposed_minor, total.proposed_minor));
    }

    #[test]
    fn events_before_the_range_are_as_they_were(sales in sales(), value in 1u32..100, other in 1u32..100) {
        // All sales are before it, some refunds may not be.
        let (mut all, mut last) = (history(&sales, value), start());
        all.sort_by_key(|recorded| recorded.event.kind.takes_back());
        for (number, recorded) in all.iter_mut().enumerate() {
            let at = start() + TimeDelta::days(i64::from(recorded.event.kind.takes_back())) + TimeDelta::minutes(number as i64);
            recorded.event.recorded_at = at;
            recorded.event.attribution.as_mut().expect("it is credited").sequence = number as i64;
            recorded.rows.iter_mut().for_each(|row| row.accrued_at = at);
            if !recorded.event.kind.takes_back() {
                last = at;
            }
        }
        let replayed = replayed(all, &versions(other), last + TimeDelta::minutes(1));
        let total = replayed.tally.total.values().next().copied().unwrap_or_default();
        prop_assert_eq!(total.proposed_minor, total.actual_minor);
        prop_assert!(replayed.changed.is_empty());
    }
}

#[test]
fn differences_count_what_appeared_and_what_changed() {
    let month = start();
    for (actual, proposed, expected) in [
        (0, 5, (1, 0, 0, 0, 0)),
        (5, 0, (0, 1, 0, 0, 0)),
        (5, 6, (0, 0, 1, 0, 0)),
        (-5, -6, (0, 0, 0, 1, 0)),
        (5, 5, (0, 0, 0, 0, 1)),
        (0, 0, (0, 0, 0, 0, 0)),
    ] {
        let mut entry = ComparedEvent::new(id(1), None);
        entry.add_actual(CommissionKind::Event, euros(actual), month);
        let row = ChangedRow {
            kind: CommissionKind::Event,
            term: Some(0),
            amount: euros(proposed),
            steps: Ok(Vec::new()),
        };
        entry.add_proposed(row, month);
        let mut tally = Tally::default();
        let changed = tally.add(entry).expect("small sums");
        assert_eq!(changed.is_some(), actual != proposed);
        let total = tally.total.values().next().copied().unwrap_or_default();
        let counts = (
            total.appeared,
            total.disappeared,
            total.rose,
            total.fell,
            total.unchanged,
        );
        assert_eq!(counts, expected, "{actual} {proposed}");
    }
}
