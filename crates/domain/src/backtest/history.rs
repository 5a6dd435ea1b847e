//! The input of a replay: the recorded steps of a partner's history, and the resulting rows.

use crate::Timestamp;
use crate::commission::CommissionKind;
use crate::decision::{Component, MadeWith, NoCommissionReason};
use crate::event::Event;
use crate::id::{CommissionId, EventId, TieredCommissionId};
use crate::money::Money;

/// The position of a step in a partner's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryPosition {
    pub sequence: i64,
    pub at: Timestamp,
}

impl HistoryPosition {
    /// Whether this comes before `other`.
    pub fn is_before(self, other: Self) -> bool {
        self.sequence < other.sequence
    }

    /// Whether both denote the same step.
    pub fn is(self, other: Self) -> bool {
        self.sequence == other.sequence
    }
}

/// A recorded event, with the rows that it produced.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    /// Its current state, without content and metadata.
    pub event: Event,
    /// When its customer was acquired.
    pub acquired_at: Option<Timestamp>,
    /// `None`: it is a refund or chargeback.
    pub decision: Option<HistoryDecision>,
    /// The rows that refer to it and accrued before the range ended, in the order in which they were written.
    pub rows: Vec<HistoryRow>,
    /// The amounts to which tiers' rates were applied.
    pub rated: Vec<Rated>,
}

impl HistoryEvent {
    /// Its position; the event is credited to the partner, so that it has a number.
    pub fn place(&self) -> HistoryPosition {
        HistoryPosition {
            sequence: self.event.sequence().unwrap_or_default(),
            at: self.event.recorded_at,
        }
    }
}

/// The recorded decision about an event, and the state on which it was based.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryDecision {
    pub reason: Option<NoCommissionReason>,
    pub components: Vec<Component>,
    pub made_with: MadeWith,
}

/// The attributes of a ledger row that a replay needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub id: CommissionId,
    pub kind: CommissionKind,
    pub amount: Money,
    /// Whether refunds take it back only as a whole.
    pub is_fixed: bool,
    /// The event that it refers to; for clawbacks without an event, that of the row that they adjust.
    pub event: EventId,
    /// The row that it adjusts or claws back.
    pub adjusts: Option<CommissionId>,
    /// For an adjustment, the tier that created it.
    pub tier: Option<TieredCommissionId>,
    pub accrued_at: Timestamp,
    /// When it was reversed, if that was before the range ended.
    pub reversed: Option<HistoryPosition>,
}

/// An amount to which the rate of a tier was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// The resulting row; `None`: nothing was left, so there is none.
    pub row: Option<CommissionId>,
    pub base: Money,
}
