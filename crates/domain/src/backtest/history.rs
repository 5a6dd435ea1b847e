//! What a replay reads: the steps of a partner's history, and the rows that they left.

use crate::Timestamp;
use crate::commission::CommissionKind;
use crate::decision::{Component, MadeWith, NoCommissionReason};
use crate::event::Event;
use crate::id::{CommissionId, EventId, TieredCommissionId};
use crate::money::Money;

/// The place of a step in a partner's history. What was recorded before there were numbers comes first, by its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryPlace {
    pub sequence: Option<i64>,
    pub at: Timestamp,
}

impl HistoryPlace {
    /// Whether this comes before `other`.
    pub fn is_before(self, other: Self) -> bool {
        match (self.sequence, other.sequence) {
            (Some(own), Some(other)) => own < other,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => self.at < other.at,
        }
    }

    /// Whether both are one step.
    pub fn is(self, other: Self) -> bool {
        match (self.sequence, other.sequence) {
            (Some(own), Some(other)) => own == other,
            _ => self.at == other.at,
        }
    }
}

/// A recorded event, with what it left.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    /// As it stands now; without its content and metadata.
    pub event: Event,
    /// When its customer's life began.
    pub acquired_at: Option<Timestamp>,
    /// `None`: it was recorded before decisions were kept, or takes back.
    pub decision: Option<HistoryDecision>,
    /// The rows that name it, in the order of writing, that accrued before the range ended.
    pub rows: Vec<HistoryRow>,
    /// What rates of tiers acted on.
    pub rated: Vec<Rated>,
}

impl HistoryEvent {
    pub fn place(&self) -> HistoryPlace {
        HistoryPlace {
            sequence: self.event.sequence,
            at: self.event.recorded_at,
        }
    }
}

/// Why an event earned what it earned, and what it was decided with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryDecision {
    pub reason: Option<NoCommissionReason>,
    pub components: Vec<Component>,
    pub made_with: MadeWith,
}

/// What matters to a replay of a row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub id: CommissionId,
    pub kind: CommissionKind,
    pub amount: Money,
    /// Whether refunds take it back only as a whole.
    pub is_fixed: bool,
    /// The event that it names; of clawbacks that name none, that of what they adjust.
    pub event: EventId,
    /// The row that it adjusts or claws back.
    pub adjusts: Option<CommissionId>,
    /// The tier that wrote it, of an adjustment.
    pub tier: Option<TieredCommissionId>,
    pub accrued_at: Timestamp,
    /// When it was reversed, if that was before the range ended.
    pub reversed: Option<HistoryPlace>,
}

/// What the rate of a tier acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// The row that was left; `None`: nothing was.
    pub row: Option<CommissionId>,
    pub base: Money,
}

#[cfg(test)]
mod tests;
