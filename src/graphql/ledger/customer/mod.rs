//! Customers, and to whom they belong.

pub mod reassignment;
