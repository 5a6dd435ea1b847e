//! The history of one partner: made-up events, one after the other, through the functions that record real ones.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use chrono::Duration;
use fastrand::Rng;
use rust_decimal::Decimal;

use super::book::{Book, Note};
use super::customers::{Client, draft_sale};
use super::settling::Agenda;
use crate::domain::Timestamp;
use crate::domain::accrual::{self, CustomerHistory, Earned, Happening, Standing, TermsInForce, Verdict};
use crate::domain::campaign::Campaign;
use crate::domain::commission::{CommissionStatus, PayoutRun};
use crate::domain::event::{Attribution, Customer, Event, EventKind};
use crate::domain::id::{CampaignId, CustomerId};
use crate::domain::money::{Currency, Money};
use crate::domain::partner::Partner;
use crate::domain::partner_group::PartnerGroup;
use crate::domain::problem::Problems;
use crate::domain::refund::{Refunded, TakeBack, is_fixed, take_back};
use crate::domain::snapshot::CommissionSnapshot;
use crate::domain::tenant::Tenant;
use crate::seed::partners::ACTOR;
use crate::seed::source::{Source, happens};
use crate::service::ledger::event::NewEvent;
use crate::service::ledger::{record, refund};

/// How often another sale is tried where one earns nothing, or more rows than are wanted.
const ATTEMPTS: u32 = 40;
/// How many of the latest sales may still be refunded.
const REFUNDABLE: usize = 40;

/// What is known of a partner before.
pub struct Before<'a> {
    pub tenant: &'a Tenant,
    pub partner: &'a Partner,
    /// Its number among the made-up ones.
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
    /// From when on it may sell.
    pub start: Timestamp,
}

/// What a history adds.
pub struct Lived {
    pub book: Book,
    pub events: Vec<Event>,
    pub customers: Vec<Customer>,
    pub joined: Vec<(CampaignId, Timestamp)>,
    pub paid_charges: Vec<(CustomerId, i64)>,
    pub lifetime_values: Vec<(Currency, i64)>,
    /// `None`: nothing about the partner's qualified customers was ever counted.
    pub qualified: Option<i64>,
    pub runs: Vec<PayoutRun>,
}

/// Something sold that may be taken back.
struct Sale {
    event: usize,
    rows: Range<usize>,
    client: Option<usize>,
}

/// A sale before it is recorded.
pub struct Draft<'a> {
    pub client: Option<Who<'a>>,
    pub place: Option<&'a Campaign>,
    pub input: NewEvent,
}

pub enum Who<'a> {
    Known(usize),
    New(Client<'a>),
}

pub struct Life<'a> {
    pub before: &'a Before<'a>,
    pub random: Rng,
    pub clients: Vec<Client<'a>>,
    book: Book,
    agenda: Option<Agenda>,
    events: Vec<Event>,
    sales: VecDeque<Sale>,
    joined: Vec<(CampaignId, Timestamp)>,
    lifetime_values: BTreeMap<Currency, i64>,
    qualified: i64,
    counted: bool,
    /// The external ids of the events so far, before and now, end with 1 to this.
    pub number: u64,
    source: &'a Source,
}

/// Makes events until they have brought `wanted` commissions; seldom fewer, never more. What is due by `now` is
/// approved and paid, unless the partner has a history already: then that is left to the gateway, which knows it whole.
pub fn live(source: &Source, before: &Before<'_>, wanted: u64, now: Timestamp) -> Lived {
    let what = format!("history/{}", before.events);
    let agenda = (before.events == 0).then(|| {
        let how = (before.partner.paid_as(), before.tenant.minimum_payouts.as_slice());
        Agenda::new(source, (before.start, now), how)
    });
    let mut life = Life {
        before,
        random: source.content(&what, before.number),
        clients: Vec::new(),
        book: Book::new(source.ids_in_order(&what, before.number)),
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
    // A little is left for a history that goes on before the clock does.
    let end = now - (now - before.start) / 1024;
    let mut at = before.start;
    let most = 50 + 20 * wanted;
    for _ in 0..most {
        let left = wanted.saturating_sub(life.book.rows.len() as u64);
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

impl<'a> Life<'a> {
    /// The more is left to do, the sooner: the last event comes close to the end.
    fn next_moment(&mut self, at: Timestamp, end: Timestamp, left: u64) -> Timestamp {
        let span = (end - at).num_microseconds().unwrap_or(i64::MAX).max(0);
        let events = i64::try_from(left).unwrap_or(i64::MAX / 2) / 10 * 11 + 1;
        let mean = span / (events + 1);
        at + Duration::microseconds(self.random.i64(0..=2 * mean).max(1).min(span))
    }

    fn settle_until(&mut self, at: Timestamp) {
        if let Some(agenda) = &mut self.agenda {
            agenda.settle_until(&mut self.book, at, &mut self.random);
        }
    }

    fn take_up(&mut self, row: usize) {
        if let Some(agenda) = &mut self.agenda {
            agenda.take_up(&self.book, row, &mut self.random);
        }
    }

    pub fn external_id(&self, what: &str, number: u64) -> String {
        format!("{}-{number}", self.source.external_id(what, self.before.number))
    }

    /// Records a sale that brings commissions, at most `left`; some bring none.
    fn sell(&mut self, at: Timestamp, left: u64) {
        for attempt in 1..=ATTEMPTS {
            let draft = draft_sale(self, at);
            let Some((terms, earned)) = self.work_out(&draft, at) else {
                if attempt == ATTEMPTS || happens(&mut self.random, 10) {
                    return self.record(draft, None, at);
                }
                continue;
            };
            let fits = earned.len() as u64 <= left;
            let accepted = !earned.is_empty() || attempt == ATTEMPTS || happens(&mut self.random, 15);
            if fits && accepted {
                return self.record(draft, Some((terms, earned)), at);
            }
        }
    }

    /// What a sale earns; `None` where partner and campaign earn nothing at all.
    fn work_out(&self, draft: &Draft<'_>, at: Timestamp) -> Option<(TermsInForce, Vec<Earned>)> {
        let Draft { client, place, input } = draft;
        let before = self.before;
        let occurred_at = input.occurred_at.unwrap_or(at);
        if accrual::stopped(before.partner.status, *place, occurred_at).is_some() {
            return None;
        }
        let snapshots: Vec<_> = before
            .snapshots
            .iter()
            .filter(|snapshot| snapshot.created_at <= at)
            .cloned()
            .collect();
        let terms = accrual::terms_in_force(&snapshots, *place);
        let client = client.as_ref().map(|who| match who {
            Who::Known(index) => &self.clients[*index],
            Who::New(client) => client,
        });
        let amount = money(input.amount);
        let happening = Happening {
            kind: input.kind,
            event_type: input.event_type.as_deref(),
            amount,
            occurred_at,
            customer: client.map(|client| CustomerHistory {
                acquired_at: client.customer.acquired_at,
                first_of_any: client.first_of_any,
                first_of_type: input
                    .event_type
                    .as_deref()
                    .and_then(|event_type| client.first_of(event_type)),
                is_qualified: client.paid_charges > 0,
            }),
        };
        let (zone, base) = (before.tenant.time_zone, before.tenant.base_currency);
        let considered = accrual::consider(&terms, &happening, zone, base);
        let group = before.group.zip(amount).map(|(group, charged)| {
            let currency = charged.currency();
            let known = before.lifetime_values.get(&currency).copied().unwrap_or(0);
            let new = self.lifetime_values.get(&currency).copied().unwrap_or(0);
            let qualified = before.qualified_customers + self.qualified;
            let standing = Standing {
                partner_ltv: Decimal::new(known + new, currency.exponent()),
                qualified_customers: u32::try_from(qualified).unwrap_or(0),
            };
            (group, standing)
        });
        let verdicts = accrual::earned(&terms, considered, &happening, group, zone, base).ok()?;
        let earned = verdicts.into_iter().filter_map(Verdict::earned).collect();
        Some((terms, earned))
    }

    fn record(&mut self, draft: Draft<'a>, earned: Option<(TermsInForce, Vec<Earned>)>, at: Timestamp) {
        let campaign = draft.place.map(|campaign| campaign.id);
        let checked = checked(draft.input);
        let client = draft.client.map(|who| match who {
            Who::Known(index) => index,
            Who::New(mut client) => {
                client.customer.id = self.book.ids.next(at);
                self.clients.push(client);
                self.clients.len() - 1
            }
        });
        let attribution = Attribution {
            id: self.book.ids.next(at),
            partner_id: self.before.partner.id,
            campaign_id: campaign,
        };
        let event = Event {
            customer_id: client.map(|index| self.clients[index].customer.id),
            attribution: Some(attribution),
            ..checked.recorded(self.book.ids.next(at), at)
        };
        self.number += 1;
        if let Some(index) = client {
            self.clients[index].remember(event.event_type.as_deref(), event.occurred_at);
        }
        if let Some(campaign) = campaign
            && !self.before.member_of.contains(&campaign)
            && self.joined.iter().all(|(known, _)| *known != campaign)
        {
            self.joined.push((campaign, at));
        }
        if let (EventKind::Charge, Some(amount)) = (event.kind, event.amount)
            && amount.minor() > 0
        {
            *self.lifetime_values.entry(amount.currency()).or_default() += amount.minor();
            self.count_paid_charge(client, 1);
        }
        let first = self.book.rows.len();
        if let Some((terms, earned)) = earned {
            let ids = &mut self.book.ids;
            let rows = record::rows(&event, attribution.partner_id, campaign, &terms, earned, || {
                ids.next(at)
            });
            for row in rows {
                let index = self.book.write(
                    row,
                    Note {
                        actor: ACTOR,
                        reason: None,
                        at,
                    },
                );
                self.take_up(index);
            }
        }
        self.sales.push_back(Sale {
            event: self.events.len(),
            rows: first..self.book.rows.len(),
            client,
        });
        if self.sales.len() > REFUNDABLE {
            self.sales.pop_front();
        }
        self.events.push(event);
    }

    /// Counts a paid charge of a customer, or takes one back.
    fn count_paid_charge(&mut self, client: Option<usize>, by: i64) {
        if let Some(index) = client {
            let client = &mut self.clients[index];
            let before = client.paid_charges;
            client.paid_charges += by;
            self.qualified += i64::from(client.paid_charges > 0) - i64::from(before > 0);
            client.counted = true;
            self.counted = true;
        }
    }

    /// Refunds one of the latest sales, in part or wholly; false if there is none, or it might take too many rows.
    fn take_back(&mut self, at: Timestamp, left: u64) -> bool {
        if self.sales.is_empty() {
            return false;
        }
        let chosen = self.random.usize(..self.sales.len());
        let Sale { event, rows, client } = &self.sales[chosen];
        let (event, rows, client) = (*event, rows.clone(), *client);
        if rows.len() as u64 > left {
            return false;
        }
        let original = &self.events[event];
        let remaining = original
            .amount
            .map(|charged| (charged.minor() - original.refunded_minor, charged.currency()));
        let wanted = match remaining {
            Some((minor, currency)) if minor > 1 && happens(&mut self.random, 40) => {
                Money::from_minor(self.random.i64(1..minor), currency).ok()
            }
            _ => None,
        };
        let taken = wanted.or(remaining.and_then(|(minor, currency)| Money::from_minor(minor, currency).ok()));
        let kind = match happens(&mut self.random, 15) {
            true => EventKind::Chargeback,
            false => EventKind::Refund,
        };
        let checked = checked(NewEvent {
            external_id: self.external_id("event", self.number + 1),
            kind,
            event_type: None,
            base: true,
            amount: wanted.map(|money| (money.amount(), money.currency())),
            revenue: None,
            occurred_at: None,
            customer_external_id: None,
            customer_acquired_at: None,
            partner_id: None,
            campaign_id: None,
            original_external_id: Some(self.events[event].external_id.clone()),
            metadata: None,
            idempotency_key: None,
        });
        self.number += 1;
        let id = self.book.ids.next(at);
        let attribution = self.book.ids.next(at);
        let original = &mut self.events[event];
        original.refunded_minor += taken.map_or(0, Money::minor);
        let charged_minor = original.amount.map_or(0, Money::minor);
        let refunded = Refunded {
            refunded_minor: original.refunded_minor,
            charged_minor,
            wholly: original.refunded_minor == charged_minor,
        };
        original.wholly_refunded = refunded.wholly;
        let event = Event {
            amount: taken,
            customer_id: original.customer_id,
            attribution: original.attribution.map(|known| Attribution {
                id: attribution,
                ..known
            }),
            original_id: Some(original.id),
            ..checked.recorded(id, at)
        };
        if let (EventKind::Charge, Some(taken)) = (original.kind, taken) {
            *self.lifetime_values.entry(taken.currency()).or_default() -= taken.minor();
            if refunded.wholly {
                self.count_paid_charge(client, -1);
            }
        }
        if refunded.wholly {
            self.sales.remove(chosen);
        }
        self.take_back_rows(rows, &event, refunded);
        self.events.push(event);
        true
    }

    fn take_back_rows(&mut self, rows: Range<usize>, event: &Event, refunded: Refunded) {
        let at = event.recorded_at;
        let reason = refund::reason(event);
        let note = Note {
            actor: ACTOR,
            reason: Some(&reason),
            at,
        };
        for index in rows {
            let clawbacks = self.book.clawbacks_of(index);
            let standing = clawbacks
                .iter()
                .map(|clawback| &self.book.rows[*clawback])
                .filter(|row| !row.is_reversed());
            let (count, sum) = standing.fold((0, 0), |(count, sum), row| (count + 1, sum + row.amount.minor()));
            let row = &self.book.rows[index];
            match take_back(row, is_fixed(row.basis), count, sum, refunded) {
                TakeBack::Nothing => {}
                TakeBack::Reverse => {
                    self.book.move_to(index, CommissionStatus::Reversed, note);
                }
                TakeBack::Clawback(amount, status, explanation) => {
                    let id = self.book.ids.next(at);
                    let row = refund::clawback(&self.book.rows[index], event, id, (amount, status, explanation));
                    let clawback = self.book.write_clawback(row, index, note);
                    // One that waits is approved together with its row.
                    if status == CommissionStatus::Approved {
                        self.take_up(clawback);
                    }
                }
            }
        }
    }

    /// Staff reverses one of the latest rows, if there is one that nothing holds or adjusts.
    fn reverse_one(&mut self, at: Timestamp) {
        let rows: Vec<_> = self.sales.iter().flat_map(|sale| sale.rows.clone()).collect();
        if rows.is_empty() {
            return;
        }
        let index = rows[self.random.usize(..rows.len())];
        if !self.book.rows[index].is_reserved() && self.book.clawbacks_of(index).is_empty() {
            let reason = Some("The order was a test");
            let note = Note {
                actor: ACTOR,
                reason,
                at,
            };
            self.book.move_to(index, CommissionStatus::Reversed, note);
        }
    }

    fn into_lived(self) -> Lived {
        let counted = self.clients.iter().filter(|client| client.counted);
        let paid_charges = counted
            .map(|client| (client.customer.id, client.paid_charges))
            .collect();
        Lived {
            book: self.book,
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

fn money(amount: Option<(Decimal, Currency)>) -> Option<Money> {
    amount.and_then(|(amount, currency)| Money::exact(amount, currency).ok())
}

fn checked(input: NewEvent) -> crate::service::ledger::event::CheckedEvent {
    let checked = input.check(Timestamp::MAX_UTC, &mut Problems::new());
    checked.expect("made-up events are in order")
}
