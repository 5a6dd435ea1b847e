//! Samples for the tests of the parts of a replay: one partner and one customer on one campaign, in euros.

use chrono::{NaiveDate, TimeDelta};

use super::history::{HistoryEvent, HistoryPosition};
use super::replayed_event::{ActualRow, ProposedRow, ReplayedEvent};
use crate::Timestamp;
use crate::commission::CommissionKind;
use crate::event::{Attribution, AttributionSource, Event, EventKind};
use crate::history::Moment;
use crate::id::{Id, Kind};
use crate::items::Sight;
use crate::money::{Currency, Money};
use crate::tiered::{Audience, CrossingPolicy, Period, Status, Tier, TieredCommission};

/// This many minutes after the beginning.
pub fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T12:00:00Z".parse().expect("a moment");
    start + TimeDelta::minutes(minutes)
}

/// Ids of the same number are the same, and those of greater numbers come later.
pub fn id<K: Kind>(number: i64) -> Id<K> {
    Id::from_parts(at(number), 0, number.unsigned_abs())
}

pub fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency")
}

pub fn euros(minor: i64) -> Money {
    Money::from_minor(minor, currency("EUR")).expect("in range")
}

/// The step with this number.
pub fn place(number: i64) -> HistoryPosition {
    HistoryPosition {
        at: at(number),
        sequence: Some(number),
    }
}

/// A charge of 100.00 on campaign 1 that is recorded as this step.
pub fn charge(number: i64) -> Event {
    let event = Event {
        id: id(number),
        external_id: format!("event {number}"),
        content: crate::personal::Content::Given(Vec::new()),
        kind: EventKind::Charge,
        event_type: None,
        base: true,
        amount: Some(euros(10_000)),
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at: at(number),
        recorded_at: at(number),
        customer_id: Some(id(1)),
        attribution: None,
        original_id: None,
        metadata: None,
        refunded_minor: 0,
        wholly_refunded: false,
        refunded_items: Vec::new(),
    };
    credited(event, number)
}

/// The event, credited to partner 1 and campaign 1 as this step of the partner's history.
fn credited(event: Event, sequence: i64) -> Event {
    let moment = Moment {
        sequence,
        at: event.recorded_at,
    };
    let attribution = Attribution::whole(&event, (id(1), Some(id(1))), AttributionSource::NAMED, moment);
    Event {
        attribution: Some(attribution),
        ..event
    }
}

pub fn recorded(event: Event) -> HistoryEvent {
    HistoryEvent {
        event,
        acquired_at: None,
        customer_stage: Default::default(),
        decision: None,
        rows: Vec::new(),
        rated: Vec::new(),
        had_since: None,
    }
}

/// A row of the proposal that accrued with step 1; `stands_for`: its counterpart in the ledger.
pub fn proposed(kind: CommissionKind, minor: i64, stands_for: Option<i64>) -> ProposedRow {
    ProposedRow {
        kind,
        term: None,
        amount: euros(minor),
        sight: Sight::default(),
        is_reversed: false,
        accrued_at: at(1),
        on: id(1),
        under: None,
        stands_for: stands_for.map(id),
        steps: None,
    }
}

/// A row of the ledger that accrued with step 1; `reversed`: the step that reversed it.
pub fn written(number: i64, kind: CommissionKind, minor: i64, reversed: Option<i64>) -> ActualRow {
    ActualRow {
        id: id(number),
        kind,
        term: None,
        tier: None,
        adjusts: None,
        amount: euros(minor),
        accrued_at: at(1),
        reversed: reversed.map(place),
    }
}

/// The charge of step 1 with the rows of both sides.
pub fn held(rows: Vec<ProposedRow>, written: Vec<ActualRow>) -> ReplayedEvent {
    ReplayedEvent {
        event: charge(1),
        base: Vec::new(),
        is_moved: false,
        rows,
        written,
        last_refund: None,
    }
}

/// Tier 1, which reaches nothing and counts all of March, in euros.
pub fn tier(version: u32) -> TieredCommission {
    let date = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("a date");
    TieredCommission {
        id: id(1),
        external_id: None,
        version,
        tier: Tier {
            name: "March".to_owned(),
            status: Status::Active,
            start_date: date(1),
            end_date: date(31),
            period: Period::Monthly,
            crossing_policy: CrossingPolicy::default(),
            currency: currency("EUR"),
            event_type: None,
            goals: Vec::new(),
            payout: None,
            revenue: None,
            retroactive_payout: None,
            retroactive_revenue: None,
        },
        notes: None,
        audience: Audience {
            apply_to_all_partners: true,
            partner_ids: Vec::new(),
            campaign_ids: vec![id(1)],
            advertiser_ids: Vec::new(),
        },
        archived_at: None,
        created_at: at(0),
        updated_at: at(0),
    }
}
