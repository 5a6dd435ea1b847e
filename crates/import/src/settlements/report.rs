//! The outcome of an import of settlements.

use std::collections::BTreeMap;

use crate::file::LineProblems;
use domain::commission::PayoutStatus;

/// How many lines have each status, as the service calls it.
pub type WordCounts = BTreeMap<String, u64>;

/// The outcome of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementReport {
    /// Payouts that were pending and are settled, or would be.
    pub settled: WordCounts,
    /// Payouts that were paid and came back, or would.
    pub returned: WordCounts,
    /// Payouts that had already been settled in the same way.
    pub before: u64,
    /// Payouts whose outcome the service does not know yet.
    pub waiting: WordCounts,
    /// Lines about payments that are none of the tenant's payouts.
    pub others: u64,
    /// The problems, by line.
    pub problems: LineProblems,
    /// Nothing was written.
    pub is_dry: bool,
}

impl SettlementReport {
    /// How many payouts have been settled or returned.
    pub(super) fn written(&self) -> u64 {
        self.settled.values().chain(self.returned.values()).sum()
    }

    /// Counts a line with this word, and what became of its payout: the `next` status; `None`: it had ended like this
    /// before.
    pub(super) fn count(&mut self, word: &str, next: Option<PayoutStatus>) {
        let counts = match next {
            None => {
                self.before += 1;
                return;
            }
            Some(PayoutStatus::Returned) => &mut self.returned,
            Some(_) => &mut self.settled,
        };
        *counts.entry(word.to_owned()).or_default() += 1;
    }
}
