//! Backtests: what would other rules have cost, on what really happened?
//!
//! A [`Replay`] goes through the history of one partner in the order of recording and sends every event of the range through
//! the functions that pay: [`accrual`](super::accrual), [`tiered`](super::tiered) and [`refund`](super::refund). There is
//! no second engine. What an event was decided with comes from its decision, and what that names from [`Versions`], in which
//! the proposal takes the place of exactly the part that it names. Whatever rules do not decide is as it was recorded: to
//! whom events are credited, what stopped them, lifetime values, first events, and when rows were paid.
//!
//! 1. Events before the range are only counted: what they earned is what was recorded, on both sides.
//! 2. Events of the range earn what their terms, groups and tiers give. A tier that is proposed comes in as its mutation
//!    would: its counters are added up from what was recorded, and what the one that it replaces has fired stays fired.
//! 3. Refunds, chargebacks and reversals by hand follow. A row that is wholly refunded is reversed or clawed back as the
//!    row was that it stands for, which comes to the same; one that stands for none is reversed. A reversal by hand takes
//!    the row of the same component or tier; where an event lost all its rows, it loses all of the proposal's.
//! 4. Both sides are compared by event, kind and currency ([`ComparedEvent`]).

mod compare;
mod history;
mod partner_state;
mod replay;
mod replayed_event;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod status_tests;
mod take_back;
#[cfg(test)]
mod tests;
mod tiers;
mod versions;

pub use compare::{ChangedEvent, ChangedRow, ComparedEvent, Difference, Tally};
pub use history::{HistoryDecision, HistoryEvent, HistoryPlace, HistoryRow, Rated};
pub use replay::{Replay, Replayed, ReplayedPartner};

use super::Timestamp;
use super::id::{BacktestId, CampaignId, PartnerGroupId, TieredCommissionId};
use super::money::AmountTooLarge;
use super::text_enum;
pub use versions::{VersionAt, Versioned, Versions};

text_enum! {
    /// Where a backtest stands. All but QUEUED and RUNNING are final.
    BacktestStatus {
        Queued = "QUEUED",
        Running = "RUNNING",
        Done = "DONE",
        Failed = "FAILED",
        Canceled = "CANCELED",
    }
}

impl BacktestStatus {
    /// Whether nothing more becomes of it.
    pub fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Canceled => true,
        }
    }
}

/// A backtest: what is proposed stands apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    pub id: BacktestId,
    pub name: Option<String>,
    pub status: BacktestStatus,
    /// What was recorded from this moment on.
    pub from: Timestamp,
    /// And before this one.
    pub to: Timestamp,
    /// The proposal as it was entered.
    pub proposal: serde_json::Value,
    /// Whose terms are proposed, or rules, or which tier is replaced.
    pub campaign_id: Option<CampaignId>,
    pub group_id: Option<PartnerGroupId>,
    pub tier_id: Option<TieredCommissionId>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub created_by: String,
    /// The events of the partners that are finished, and of all.
    pub events: i64,
    pub of_events: i64,
    /// Why it failed, for the caller.
    pub failure: Option<String>,
    /// What was in force when some events were recorded is not known: what is in force now counts for them.
    pub incomplete_history: bool,
}

/// Why a replay ends without a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("the event {event} would earn or count too much: {error}")]
    TooLarge { event: String, error: AmountTooLarge },
    #[error("a sum goes beyond what can be kept")]
    SumTooLarge,
}
