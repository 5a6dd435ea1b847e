//! Backtests: what would other rules have cost, given what really happened?
//!
//! A [`Replay`] goes through the history of one partner in recording order and sends every event of the range through
//! the functions that pay: [`accrual`](super::accrual), [`tiered`](super::tiered) and [`refund`](super::refund). There
//! is no second engine. The state that an event's decision was based on is taken from that decision, and the objects it
//! refers to from [`Versions`], in which the proposal replaces exactly the part that it names. Everything not
//! determined by rules is as recorded: whom events are credited to, why they were rejected, lifetime values, first
//! events, and when rows were paid.
//!
//! 1. Events before the range are only counted: they earn the recorded amounts, on both sides.
//! 2. Events of the range earn what their terms, groups and tiers give. A proposed tier takes effect as its mutation
//!    would have it: its counters are computed from the recorded events, and parts fired by the tier it replaces stay
//!    fired.
//! 3. Refunds, chargebacks and manual reversals follow. A wholly refunded row is reversed or clawed back depending on
//!    what happened to its counterpart in the ledger, which makes no difference to the sum; without a counterpart it is
//!    reversed. A manual reversal applies to the row of the same component or tier; if an event lost all its rows in
//!    the ledger, it loses all of the proposal's, too.
//! 4. Events that were moved between partners are as recorded on both sides, with all that took from them. They count
//!    for a partner while it has them, as in the ledger.
//! 5. Both sides are compared by event, kind and currency ([`ComparedEvent`]).

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
pub use history::{HistoryDecision, HistoryEvent, HistoryPosition, HistoryRow, Passage, Rated};
pub use replay::{Replay, Replayed, ReplayedPartner};

use super::Timestamp;
use super::id::{BacktestId, CampaignId, PartnerGroupId, TieredCommissionId};
use super::money::AmountTooLarge;
use super::text_enum;
use crate::audit::audited;
pub use versions::{VersionAt, Versioned, Versions};

text_enum! {
    /// The status of a backtest. All but QUEUED and RUNNING are final.
    BacktestStatus {
        Queued = "QUEUED",
        Running = "RUNNING",
        Done = "DONE",
        Failed = "FAILED",
        Canceled = "CANCELED",
    }
}

impl BacktestStatus {
    /// Whether its status can no longer change.
    pub fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Done | Self::Failed | Self::Canceled => true,
        }
    }
}

/// A backtest; the validated proposal is stored separately.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    pub id: BacktestId,
    pub name: Option<String>,
    pub status: BacktestStatus,
    /// The start of the compared range of recording times.
    pub from: Timestamp,
    /// The exclusive end of the range.
    pub to: Timestamp,
    /// The proposal as it was entered.
    pub proposal: serde_json::Value,
    /// The campaign whose terms, the group whose rules, or the tier that the proposal replaces.
    pub campaign_id: Option<CampaignId>,
    pub group_id: Option<PartnerGroupId>,
    pub tier_id: Option<TieredCommissionId>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub created_by: String,
    /// The number of events of the partners finished so far; `of_events`: of all partners.
    pub events: i64,
    pub of_events: i64,
    /// The reason of the failure, for the caller.
    pub failure: Option<String>,
    /// The versions in force when some events were recorded are unknown: the nearest known or current ones are used for
    /// them.
    pub incomplete_history: bool,
}

audited!(Backtest as "Backtest": {
    id: _, name, status, from, to, proposal, campaign_id: _, group_id: _, tier_id: _, created_at: _, started_at: _,
    finished_at: _, created_by: _, events: _, of_events: _, failure, incomplete_history: _
} => [
    "name": name,
    "status": status.as_str(),
    "from": from,
    "to": to,
    "proposal": proposal,
    "failure": failure,
]);

/// Why a replay fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("the event {event} would earn or count too much: {error}")]
    TooLarge { event: String, error: AmountTooLarge },
    #[error("a sum goes beyond what can be kept")]
    SumTooLarge,
}
