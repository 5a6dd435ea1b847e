//! Events that later steps may affect: those that are refunded, reversed or counted by tiers, with all their rows.

use super::history::{HistoryPosition, HistoryRow};
use crate::Timestamp;
use crate::commission::CommissionKind;
use crate::event::Event;
use crate::explain::Step;
use crate::id::{CommissionId, EventId, TieredCommissionId};
use crate::items::{Item, Sight};
use crate::money::Money;
use crate::refund::RefundedPart;
use crate::tiered::{Conversion, EarnedRow, PastConversion, SideEarnings, TakenBack};

/// A row of the proposal's side.
#[derive(Clone, Debug)]
pub struct ProposedRow {
    pub kind: CommissionKind,
    /// For EVENT rows, the index of the component that earned it.
    pub term: Option<usize>,
    pub amount: Money,
    /// What of its event it was earned for; of an adjustment, that of the row that it adjusts.
    pub sight: Sight,
    pub is_reversed: bool,
    pub accrued_at: Timestamp,
    /// The event under which it is compared.
    pub on: EventId,
    /// The index of the row of the same event that it adjusts or claws back.
    pub under: Option<usize>,
    /// Its counterpart in the ledger: the row of the same component, tier or refund.
    pub stands_for: Option<CommissionId>,
    /// `None`: the steps of the ledger's row, which has the same amount.
    pub steps: Option<Vec<Step>>,
}

/// A row of the ledger, with the attributes by which its counterpart in the proposal is found.
#[derive(Clone, Debug)]
pub struct ActualRow {
    pub id: CommissionId,
    pub kind: CommissionKind,
    pub term: Option<usize>,
    pub tier: Option<TieredCommissionId>,
    pub adjusts: Option<CommissionId>,
    pub amount: Money,
    pub accrued_at: Timestamp,
    pub reversed: Option<HistoryPosition>,
}

impl ActualRow {
    pub fn of(row: &HistoryRow, term: Option<usize>) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            term,
            tier: row.tier,
            adjusts: row.adjusts,
            amount: row.amount,
            accrued_at: row.accrued_at,
            reversed: row.reversed,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ReplayedEvent {
    /// Of which is refunded what the refunds so far took back.
    pub event: Event,
    /// Its earnings before any tier.
    pub base: Vec<Money>,
    /// Whether it was moved to or from the partner: its rows are as recorded on both sides, and are compared as such.
    pub is_moved: bool,
    pub rows: Vec<ProposedRow>,
    pub written: Vec<ActualRow>,
    /// The last of them.
    pub last_refund: Option<EventId>,
}

impl ReplayedEvent {
    pub fn written(&self, id: CommissionId) -> Option<&ActualRow> {
        self.written.iter().find(|row| row.id == id)
    }

    /// The steps to store with a row: none if the ledger's row has the same amount.
    pub fn keep(&self, stands_for: Option<CommissionId>, amount: Money, steps: Vec<Step>) -> Option<Vec<Step>> {
        let is_same = stands_for
            .and_then(|id| self.written(id))
            .is_some_and(|row| row.amount == amount);
        (!is_same).then_some(steps)
    }

    /// The indices of its EVENT rows.
    pub fn own(&self) -> impl Iterator<Item = usize> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| row.kind == CommissionKind::Event)
            .map(|(place, _)| place)
    }

    pub fn conversion(&self) -> Conversion {
        Conversion::recorded(&self.event, self.base.clone())
    }

    /// How much is refunded of what a row saw.
    pub fn refunded_part(&self, sight: Sight) -> RefundedPart {
        self.event.refunded_part(sight)
    }

    /// Takes back this amount, and of the items these.
    pub fn refund(&mut self, taken: Option<Money>, items: &[Item]) {
        self.event = self.event.refunded_by(taken, items);
    }

    pub fn taken_back(&self) -> TakenBack {
        let mut own = self.own().peekable();
        TakenBack {
            refunded: self.event.refunded(),
            rows_reversed: own.peek().is_some() && own.all(|place| self.rows[place].is_reversed),
        }
    }

    /// Its earnings so far, as tiers see them. Revenue is not part of a backtest.
    pub fn past(&self) -> PastConversion {
        let rows = self.own().map(|place| EarnedRow {
            amount: self.rows[place].amount,
            refunded: self.refunded_part(self.rows[place].sight),
            is_reversed: self.rows[place].is_reversed,
        });
        let adjustments = self
            .rows
            .iter()
            .filter(|row| row.kind == CommissionKind::TierAdjustment);
        PastConversion {
            conversion: self.conversion(),
            taken_back: self.taken_back(),
            payout: SideEarnings {
                rows: rows.collect(),
                adjustments: adjustments.map(|row| row.amount).collect(),
            },
            revenue: SideEarnings::default(),
        }
    }

    /// Reverses a row manually, together with the rows that adjust it; those of them that were paid are clawed back
    /// instead.
    pub fn reverse(&mut self, place: usize, at: Timestamp) {
        self.rows[place].is_reversed = true;
        let (mut concerned, mut undone) = (vec![place], Vec::new());
        while let Some(above) = concerned.pop() {
            for place in 0..self.rows.len() {
                if self.rows[place].under != Some(above) {
                    continue;
                }
                concerned.push(place);
                let row = &self.rows[place];
                let written = row.stands_for.and_then(|id| self.written(id));
                let is_left = written.is_some_and(|row| row.reversed.is_none());
                // A clawback that the reversal itself wrote in the ledger, before the range.
                let is_undo = row.kind == CommissionKind::Clawback && row.accrued_at == at;
                if row.is_reversed || (is_left && is_undo) {
                    continue;
                }
                match is_left {
                    true => undone.push(place),
                    false => self.rows[place].is_reversed = true,
                }
            }
        }
        for place in undone {
            let row = &self.rows[place];
            let amount = Money::from_minor(-row.amount.minor(), row.amount.currency());
            let amount = amount.expect("as large as what it undoes");
            let is_known =
                |other: &ProposedRow| (other.under, other.amount, other.accrued_at) == (Some(place), amount, at);
            if self.rows.iter().any(is_known) {
                continue;
            }
            let undo = ProposedRow {
                kind: CommissionKind::Clawback,
                term: None,
                amount,
                sight: Sight::default(),
                is_reversed: false,
                accrued_at: at,
                on: row.on,
                under: Some(place),
                stands_for: None,
                steps: Some(Vec::new()),
            };
            self.rows.push(undo);
        }
    }
}

#[cfg(test)]
mod tests;
