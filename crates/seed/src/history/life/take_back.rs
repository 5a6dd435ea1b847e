//! Refunds, chargebacks, and rows that staff reverses.

use std::ops::Range;

use super::sale::credited;
use super::{PartnerLife, RecordedSale, checked};
use crate::history::ledger_draft::TransitionNote;
use crate::partners::ACTOR;
use crate::source::happens;
use domain::Timestamp;
use domain::commission::CommissionStatus;
use domain::event::{Event, EventKind};
use domain::items::refund_spread;
use domain::money::Money;
use domain::refund::{TakeBack, take_back};
use service::ledger::event::NewEvent;
use service::ledger::refund;

impl<'a> PartnerLife<'a> {
    /// Refunds one of the latest sales, in part or wholly; false if there is none, or if it might write too many rows.
    pub(super) fn take_back(&mut self, at: Timestamp, left: u64) -> bool {
        if self.sales.is_empty() {
            return false;
        }
        let chosen = self.random.usize(..self.sales.len());
        let RecordedSale { event, rows, client } = &self.sales[chosen];
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
            items: Vec::new(),
            country: None,
            occurred_at: None,
            customer_external_id: None,
            customer_acquired_at: None,
            partner_id: None,
            campaign_id: None,
            coupon_code: None,
            visitor_id: None,
            touches: Vec::new(),
            original_external_id: Some(self.events[event].external_id.clone()),
            metadata: None,
            idempotency_key: None,
        });
        self.number += 1;
        let id = self.ledger.ids.next(at);
        let attribution = self.ledger.ids.next(at);
        let original = &mut self.events[event];
        let items = refund_spread(original, taken.map_or(0, Money::minor));
        *original = original.refunded_by(taken, &items);
        let (original, wholly) = (original.clone(), original.wholly_refunded);
        let event = Event {
            amount: taken,
            items,
            customer_id: original.customer_id,
            original_id: Some(original.id),
            ..checked.recorded(id, at)
        };
        let campaign = original.attribution.and_then(|known| known.campaign_id);
        let event = credited(event, (attribution, self.before.partner.id, campaign));
        if let (EventKind::Charge, Some(taken)) = (original.kind, taken) {
            *self.lifetime_values.entry(taken.currency()).or_default() -= taken.minor();
            if wholly {
                self.count_paid_charge(client, -1);
            }
        }
        if wholly {
            self.sales.remove(chosen);
        }
        self.take_back_rows(rows, &event, &original);
        self.events.push(event);
        true
    }

    /// Takes back from these rows of an event that is refunded by now.
    fn take_back_rows(&mut self, rows: Range<usize>, event: &Event, original: &Event) {
        let at = event.recorded_at;
        let reason = refund::reason(event);
        let note = TransitionNote {
            actor: ACTOR,
            reason: Some(&reason),
            at,
        };
        for index in rows {
            let clawbacks = self.ledger.clawbacks_of(index);
            let standing = clawbacks
                .iter()
                .map(|clawback| &self.ledger.rows[*clawback])
                .filter(|row| !row.is_reversed());
            let (count, sum) = standing.fold((0, 0), |(count, sum), row| (count + 1, sum + row.amount.minor()));
            let row = &self.ledger.rows[index];
            match take_back(row, count, sum, original.refunded_part(row.sight)) {
                TakeBack::Nothing => {}
                TakeBack::Reverse => {
                    self.ledger.move_to(index, CommissionStatus::Reversed, note);
                }
                TakeBack::Clawback(amount, status, explanation) => {
                    let id = self.ledger.ids.next(at);
                    let clawback = refund::clawback(&self.ledger.rows[index], event, id, (amount, status, explanation));
                    let clawback = self.ledger.write_clawback(clawback, index, note);
                    // A clawback that is not approved yet is approved together with its row.
                    if status == CommissionStatus::Approved {
                        self.take_up(clawback);
                    }
                }
            }
        }
    }

    /// Staff reverses a row of the latest sales, unless it is in a payout or has clawbacks.
    pub(super) fn reverse_one(&mut self, at: Timestamp) {
        let rows: Vec<_> = self.sales.iter().flat_map(|sale| sale.rows.clone()).collect();
        if rows.is_empty() {
            return;
        }
        let index = rows[self.random.usize(..rows.len())];
        if !self.ledger.rows[index].is_reserved() && self.ledger.clawbacks_of(index).is_empty() {
            let reason = Some("The order was a test");
            let note = TransitionNote {
                actor: ACTOR,
                reason,
                at,
            };
            self.ledger.move_to(index, CommissionStatus::Reversed, note);
        }
    }
}
