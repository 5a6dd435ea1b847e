//! Partners.

pub mod balance;
pub mod mutation;
pub mod object;
