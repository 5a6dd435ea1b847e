//! The ledger: events, the customers whose events they are, and the commissions that they earn.

pub mod commission;
pub mod customer;
pub mod event;
