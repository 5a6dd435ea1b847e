//! Backtests: what other rules would have cost, on what really happened.

pub mod object;
pub mod proposal;
pub mod result;
