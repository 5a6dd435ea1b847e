//! Campaigns: what partners promote.

pub mod object;
