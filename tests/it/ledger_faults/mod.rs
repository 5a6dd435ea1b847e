//! The ledger under faults.

mod keys;
