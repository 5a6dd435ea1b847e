//! The input of a replay: the recorded steps of a partner's history, and the resulting rows.

use crate::Timestamp;
use crate::accrual::CustomerStage;
use crate::commission::CommissionKind;
use crate::decision::{Component, MadeWith, NoCommissionReason};
use crate::event::Event;
use crate::id::{CampaignId, CommissionId, EventId, TieredCommissionId};
use crate::items::Sight;
use crate::money::Money;

/// The position of a step in a partner's history: its time, which never decreases from one step to the next, and among
/// steps of the same time its number. A position without a number comes before the others of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryPosition {
    pub at: Timestamp,
    pub sequence: Option<i64>,
}

impl HistoryPosition {
    /// Whether this comes before `other`.
    pub fn is_before(self, other: Self) -> bool {
        self < other
    }

    /// Whether both denote the same step.
    pub fn is(self, other: Self) -> bool {
        match (self.sequence, other.sequence) {
            (Some(own), Some(other)) => own == other,
            _ => self.at == other.at,
        }
    }
}

/// A recorded event, with the rows that it produced.
#[derive(Clone, Debug)]
pub struct HistoryEvent {
    /// Its current state, without content and metadata.
    pub event: Event,
    /// When its customer was acquired.
    pub acquired_at: Option<Timestamp>,
    /// What was recorded of its customer before, with any partner.
    pub customer_stage: CustomerStage,
    /// `None`: it is a refund or chargeback.
    pub decision: Option<HistoryDecision>,
    /// The rows that refer to it and accrued before the range ended, in the order in which they were written.
    pub rows: Vec<HistoryRow>,
    /// The amounts to which tiers' rates were applied.
    pub rated: Vec<Rated>,
    /// Since when the partner had it, if it was moved to or from the partner before the range ended. Then its rows are
    /// as recorded on both sides, and it only counts.
    pub had_since: Option<Timestamp>,
}

impl HistoryEvent {
    pub fn place(&self) -> HistoryPosition {
        HistoryPosition {
            at: self.had_since.unwrap_or(self.event.recorded_at),
            sequence: self.event.sequence(),
        }
    }

    /// Whether its rows are as recorded on both sides.
    pub fn is_moved(&self) -> bool {
        self.had_since.is_some()
    }
}

/// A step of a partner's history that the order of its events does not show, since a move between partners changed to
/// whom the event is credited.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "about half of them are the large one, and few exist at a time"
)]
pub enum Passage {
    /// Credited to the partner for a while, perhaps beyond the range: an event, or a refund of it.
    Came(HistoryEvent),
    /// Moved away.
    Left(EventId, Timestamp),
}

impl Passage {
    /// Its position; what leaves has no number, since a move first takes and then brings.
    pub fn place(&self) -> HistoryPosition {
        match self {
            Self::Came(recorded) => recorded.place(),
            Self::Left(_, at) => HistoryPosition {
                at: *at,
                sequence: None,
            },
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
    /// What of its event it was earned for.
    pub sight: Sight,
    /// The event that it refers to; for clawbacks without an event, that of the row that they adjust.
    pub event: EventId,
    pub campaign: Option<CampaignId>,
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

#[cfg(test)]
mod tests;
