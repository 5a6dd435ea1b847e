//! The ledger: events, the customers whose events they are, the touches that led to them, and the commissions that they earn.

pub mod commission;
pub mod customer;
pub mod event;
pub mod touch;
