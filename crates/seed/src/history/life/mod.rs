//! The history of one partner: made-up events, one after the other, through the functions that record real ones.

mod sale;
mod sale_draft;
mod take_back;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use chrono::Duration;

use fastrand::Rng;

use super::customers::SeededCustomer;
use super::ledger_draft::LedgerDraft;
use super::settling::Agenda;
use crate::source::SeedSource;
use domain::Timestamp;
use domain::campaign::Campaign;
use domain::commission::PayoutRun;
use domain::event::{Customer, Event};
use domain::id::{CampaignId, CustomerId};
use domain::money::Currency;
use domain::partner::Partner;
use domain::partner_group::PartnerGroup;
use domain::problem::Problems;
use domain::snapshot::CommissionSnapshot;
use domain::tenant::Tenant;
use service::ledger::event::NewEvent;

/// What is known of a partner before its history is generated.
pub struct PartnerBefore<'a> {
    pub tenant: &'a Tenant,
    pub partner: &'a Partner,
    /// Its number among the made-up partners.
    pub number: u32,
    pub snapshots: Vec<CommissionSnapshot>,
    pub group: Option<&'a PartnerGroup>,
    /// Where it sells; `None`: outside of campaigns.
    pub places: Vec<Option<&'a Campaign>>,
    /// The campaigns to which it belongs.
    pub member_of: Vec<CampaignId>,
    pub lifetime_values: BTreeMap<Currency, i64>,
    pub qualified_customers: i64,
    /// How many events it has.
    pub events: u64,
    /// The moment from which it may sell.
    pub start: Timestamp,
}

/// What a history adds.
pub struct GeneratedHistory {
    pub ledger: LedgerDraft,
    pub events: Vec<Event>,
    pub customers: Vec<Customer>,
    pub joined: Vec<(CampaignId, Timestamp)>,
    pub paid_charges: Vec<(CustomerId, i64)>,
    pub lifetime_values: Vec<(Currency, i64)>,
    /// `None`: no customer's paid charge was counted.
    pub qualified: Option<i64>,
    pub runs: Vec<PayoutRun>,
}

/// A sale that may still be taken back.
struct RecordedSale {
    event: usize,
    rows: Range<usize>,
    client: Option<usize>,
}

pub struct PartnerLife<'a> {
    pub before: &'a PartnerBefore<'a>,
    pub random: Rng,
    pub clients: Vec<SeededCustomer<'a>>,
    ledger: LedgerDraft,
    agenda: Option<Agenda>,
    events: Vec<Event>,
    sales: VecDeque<RecordedSale>,
    joined: Vec<(CampaignId, Timestamp)>,
    lifetime_values: BTreeMap<Currency, i64>,
    qualified: i64,
    counted: bool,
    /// Number of events, those of earlier histories included; their external ids end with 1 to this number.
    pub number: u64,
    source: &'a SeedSource,
}

/// Generates events until they have earned `wanted` commissions: seldom fewer, never more. What is due by `now` is
/// approved and paid, unless the partner already has a history: then that is left to the gateway, which knows all of
/// it.
pub fn live(source: &SeedSource, before: &PartnerBefore<'_>, wanted: u64, now: Timestamp) -> GeneratedHistory {
    let what = format!("history/{}", before.events);
    let agenda = (before.events == 0).then(|| {
        let how = (before.partner.paid_as(), before.tenant.minimum_payouts.as_slice());
        Agenda::new(source, (before.start, now), how)
    });
    let mut life = PartnerLife {
        before,
        random: source.content(&what, before.number),
        clients: Vec::new(),
        ledger: LedgerDraft::new(source.ids_in_order(&what, before.number)),
        agenda,
        events: Vec::new(),
        sales: VecDeque::new(),
        joined: Vec::new(),
        lifetime_values: BTreeMap::new(),
        qualified: 0,
        counted: false,
        number: before.events,
        source,
    };
    // Leaves some time before `now`, so that the history can be continued even if the clock has not advanced.
    let end = now - (now - before.start) / 1024;
    let mut at = before.start;
    let most = 50 + 20 * wanted;
    for _ in 0..most {
        let left = wanted.saturating_sub(life.ledger.rows.len() as u64);
        if left == 0 {
            break;
        }
        at = life.next_moment(at, end, left);
        life.settle_until(at);
        match life.random.u32(..100) {
            0..4 if life.take_back(at, left) => {}
            4 => life.reverse_one(at),
            _ => life.sell(at, left),
        }
    }
    life.settle_until(now);
    life.into_lived()
}

impl<'a> PartnerLife<'a> {
    /// The more commissions are left, the sooner the next event: the last one comes close to `end`.
    fn next_moment(&mut self, at: Timestamp, end: Timestamp, left: u64) -> Timestamp {
        let span = (end - at).num_microseconds().unwrap_or(i64::MAX).max(0);
        let events = i64::try_from(left).unwrap_or(i64::MAX / 2) / 10 * 11 + 1;
        let mean = span / (events + 1);
        at + Duration::microseconds(self.random.i64(0..=2 * mean).max(1).min(span))
    }

    fn settle_until(&mut self, at: Timestamp) {
        if let Some(agenda) = &mut self.agenda {
            agenda.settle_until(&mut self.ledger, at, &mut self.random);
        }
    }

    fn take_up(&mut self, row: usize) {
        if let Some(agenda) = &mut self.agenda {
            agenda.take_up(&self.ledger, row, &mut self.random);
        }
    }

    pub fn external_id(&self, what: &str, number: u64) -> String {
        format!("{}-{number}", self.source.external_id(what, self.before.number))
    }

    fn into_lived(self) -> GeneratedHistory {
        let counted = self.clients.iter().filter(|client| client.counted);
        let paid_charges = counted
            .map(|client| (client.customer.id, client.paid_charges))
            .collect();
        GeneratedHistory {
            ledger: self.ledger,
            events: self.events,
            joined: self.joined,
            paid_charges,
            customers: self.clients.into_iter().map(|client| client.customer).collect(),
            lifetime_values: self.lifetime_values.into_iter().collect(),
            qualified: self.counted.then_some(self.qualified),
            runs: self.agenda.map(|agenda| agenda.runs).unwrap_or_default(),
        }
    }
}

fn checked(input: NewEvent) -> service::ledger::event::CheckedEvent {
    let checked = input.check(Timestamp::MAX_UTC, &mut Problems::new());
    checked.expect("made-up events are in order")
}
