//! The ledger under faults.

mod keys;
mod moments;
