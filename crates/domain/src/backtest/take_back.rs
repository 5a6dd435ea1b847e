//! Refunds, chargebacks and manual reversals on the proposal's side.

use super::ReplayError;
use super::history::{HistoryEvent, HistoryPosition, HistoryRow};
use super::replay::Replay;
use super::replayed_event::{ActualRow, ProposedRow, ReplayedEvent};
use crate::Timestamp;
use crate::commission::{Commission, CommissionKind, CommissionStatus, PaymentTarget};
use crate::id::{CommissionId, EventId, PartnerId};
use crate::items::Sight;
use crate::money::Money;
use crate::refund::{TakeBack, take_back};

impl Replay<'_> {
    /// Replays a refund or chargeback.
    pub(super) fn take_back(&mut self, recorded: &HistoryEvent) -> Result<(), ReplayError> {
        let refund = &recorded.event;
        let (place, from) = (recorded.place(), self.whose.from);
        let in_range = place.at >= from;
        let Some((id, mut held)) = refund.original_id.and_then(|id| Some((id, self.held.remove(&id)?))) else {
            self.whose.as_recorded.extend_from_slice(&recorded.rows);
            return Ok(());
        };
        for row in recorded.rows.iter().filter(|_| !held.is_moved) {
            // Rows of imported commissions are not compared, so what takes back from them follows no rule.
            match row.adjusts.is_some_and(|adjusts| held.written(adjusts).is_none()) {
                true => self.whose.as_recorded.push(row.clone()),
                false => self.add_actual(row, refund.attribution.and_then(|attribution| attribution.campaign_id)),
            }
        }
        self.reversed_with(place, id);
        let too_large = |error| ReplayError::TooLarge {
            event: refund.external_id.clone(),
            error,
        };
        let taken_minor = refund.amount.map_or(0, Money::minor);
        let before = held.taken_back();
        held.refund(refund.amount, &refund.items);
        held.last_refund = Some(refund.id);
        self.standings
            .take_back(&held.event, taken_minor, held.event.wholly_refunded);
        for row in recorded.rows.iter().filter(|_| !held.is_moved) {
            held.written.push(ActualRow::of(row, None));
            self.schedule(id, row);
        }
        match (held.is_moved, in_range) {
            (true, _) => {}
            (false, true) => take_back_rows(&mut held, refund.id, recorded, place, self.whose.partner),
            (false, false) => as_recorded(&mut held, &recorded.rows, (place, from)),
        }
        // Afterwards, since a refund reverses the rows of which all that they saw is refunded.
        let after = held.taken_back();
        if let Some(campaign) = held.event.attribution.and_then(|attribution| attribution.campaign_id) {
            let left = self.counts.uncount(campaign, &held.conversion(), (before, after));
            left.map_err(too_large)?;
        }
        self.held.insert(id, held);
        Ok(())
    }

    /// Replays the manual reversal of rows of an event.
    pub(super) fn reverse(
        &mut self,
        place: HistoryPosition,
        event: EventId,
        rows: &[CommissionId],
    ) -> Result<(), ReplayError> {
        let Some(mut held) = self.held.remove(&event) else {
            return Ok(());
        };
        let before = held.taken_back();
        let found = |held: &ReplayedEvent, id: &CommissionId| {
            let is_open = |row: &ProposedRow| row.stands_for == Some(*id) && !row.is_reversed;
            held.rows.iter().position(is_open)
        };
        // A clawback is never reversed on its own, only together with the row that it adjusts.
        for id in rows {
            let is_clawback = held
                .written(*id)
                .is_some_and(|row| row.kind == CommissionKind::Clawback);
            if let (Some(row), false) = (found(&held, id), is_clawback) {
                held.reverse(row, place.at);
            }
        }
        let mut own = held
            .written
            .iter()
            .filter(|row| row.kind == CommissionKind::Event)
            .peekable();
        let is_gone = |row: &ActualRow| row.reversed.is_some_and(|reversed| !place.is_before(reversed));
        if own.peek().is_some() && own.all(is_gone) {
            for row in held.own().collect::<Vec<_>>() {
                if !held.rows[row].is_reversed {
                    held.reverse(row, place.at);
                }
            }
        }
        let after = held.taken_back();
        if let Some(campaign) = held.event.attribution.and_then(|attribution| attribution.campaign_id) {
            let left = self.counts.uncount(campaign, &held.conversion(), (before, after));
            left.map_err(|error| ReplayError::TooLarge {
                event: held.event.external_id.clone(),
                error,
            })?;
        }
        self.held.insert(event, held);
        Ok(())
    }
}

/// Applies a refund before the range as it was recorded. Clawbacks that name it and accrued in the range are those of
/// adjustments that were written then.
fn as_recorded(held: &mut ReplayedEvent, rows: &[HistoryRow], (place, from): (HistoryPosition, Timestamp)) {
    let reversed = |row: &ProposedRow| {
        let written = row.stands_for.and_then(|id| held.written(id))?;
        written.reversed.filter(|reversed| reversed.is(place))
    };
    let reversed: Vec<_> = held.rows.iter().map(|row| reversed(row).is_some()).collect();
    for (row, reversed) in held.rows.iter_mut().zip(reversed) {
        row.is_reversed |= reversed;
    }
    for row in rows.iter().filter(|row| row.accrued_at < from) {
        let adjusted = held
            .rows
            .iter()
            .position(|above| above.stands_for == row.adjusts && row.adjusts.is_some());
        held.rows.push(ProposedRow {
            kind: row.kind,
            term: None,
            amount: row.amount,
            sight: row.sight,
            is_reversed: false,
            accrued_at: row.accrued_at,
            on: row.event,
            under: adjusted,
            stands_for: Some(row.id),
            steps: None,
        });
    }
}

/// Claws back or reverses rows, by the function that does so in the ledger.
fn take_back_rows(
    held: &mut ReplayedEvent,
    refund: EventId,
    recorded: &HistoryEvent,
    place: HistoryPosition,
    partner: PartnerId,
) {
    for above in 0..held.rows.len() {
        let row = &held.rows[above];
        match row.kind {
            CommissionKind::Event | CommissionKind::TierAdjustment => {}
            CommissionKind::Clawback
            | CommissionKind::Deal
            | CommissionKind::Manual
            | CommissionKind::Opening
            | CommissionKind::Returned => {
                continue;
            }
        }
        let clawbacks = held
            .rows
            .iter()
            .filter(|other| other.under == Some(above) && other.kind == CommissionKind::Clawback && !other.is_reversed);
        let (count, sum) = clawbacks.fold((0, 0), |(count, sum), row| (count + 1, sum + row.amount.minor()));
        // An adjustment has the sight of the row that it adjusts.
        let sight = row.under.map_or(row.sight, |adjusted| held.rows[adjusted].sight);
        let written = row.stands_for.and_then(|id| held.written(id));
        let is_kept = written.is_some_and(|row| !row.reversed.is_some_and(|reversed| reversed.is(place)));
        let commission = commission(row, partner, is_kept);
        match take_back(&commission, count, sum, held.refunded_part(sight)) {
            TakeBack::Nothing => {}
            TakeBack::Reverse => held.rows[above].is_reversed = true,
            TakeBack::Clawback(amount, _, steps) => {
                let adjusts = row.stands_for;
                let mut written = recorded.rows.iter();
                let stands_for = written
                    .find(|row| row.adjusts.is_some() && row.adjusts == adjusts)
                    .map(|row| row.id);
                let steps = held.keep(stands_for, amount, steps);
                held.rows.push(ProposedRow {
                    kind: CommissionKind::Clawback,
                    term: None,
                    amount,
                    sight: Sight::default(),
                    is_reversed: false,
                    accrued_at: place.at,
                    on: refund,
                    under: Some(above),
                    stands_for,
                    steps,
                });
            }
        }
    }
}

/// The row as the ledger would have it. `is_kept`: its counterpart was not reversed (but clawed back), like a paid row.
fn commission(row: &ProposedRow, partner: PartnerId, is_kept: bool) -> Commission {
    let status = match (row.is_reversed, is_kept) {
        (true, _) => CommissionStatus::Reversed,
        (false, true) => CommissionStatus::Paid,
        (false, false) => CommissionStatus::Accrued,
    };
    Commission {
        id: CommissionId::from_uuid(uuid::Uuid::nil()),
        kind: row.kind,
        status,
        amount: row.amount,
        payment_target: PaymentTarget::Partnership,
        recipient: None,
        partner_id: partner,
        campaign_id: None,
        event_id: Some(row.on),
        attribution_id: None,
        snapshot_id: None,
        adjusts_id: None,
        basis: None,
        sight: row.sight,
        holdback_days: None,
        accrued_at: row.accrued_at,
        mature_at: None,
        approved_at: None,
        paid_at: None,
        reversed_at: None,
        payout_id: None,
        returned_payout_id: None,
    }
}

#[cfg(test)]
mod tests;
