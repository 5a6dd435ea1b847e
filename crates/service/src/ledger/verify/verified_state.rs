//! What was verified, by which later runs know what they need not check again.

use std::collections::HashMap;

use chrono::TimeDelta;

use domain::Timestamp;
use domain::id::PartnerId;

/// What was verified, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Everything about this partner, at this mark.
    Partner(PartnerId, String),
    /// Events that are credited to no partner, at this mark.
    Nobody(String),
    /// What concerns no partner, up to this time.
    Whole(Timestamp),
}

/// What earlier runs have verified in a tenant; if it is empty, everything is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifiedState {
    pub partners: HashMap<PartnerId, String>,
    pub nobody: Option<String>,
    pub whole: Option<Timestamp>,
}

impl VerifiedState {
    /// Adds what was verified.
    pub fn add(&mut self, holds: Holds) {
        match holds {
            Holds::Partner(partner, mark) => drop(self.partners.insert(partner, mark)),
            Holds::Nobody(mark) => self.nobody = Some(mark),
            Holds::Whole(at) => self.whole = Some(at),
        }
    }

    /// The time from which on everything that is not found through a partner is checked again. It precedes the last run
    /// by more than a transaction in progress may take, and by more than clocks may differ.
    pub(super) fn since(&self) -> Timestamp {
        let day = |at: Timestamp| at - TimeDelta::days(1);
        self.whole.map_or(Timestamp::UNIX_EPOCH, day)
    }
}
