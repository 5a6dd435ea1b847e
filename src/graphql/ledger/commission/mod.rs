//! Commissions: the rows of the ledger.

pub mod approve_matching;
pub mod list;
pub mod object;
