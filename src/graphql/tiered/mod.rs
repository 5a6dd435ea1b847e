//! Tiered commissions: goals that change what conversions pay.

pub mod counter;
pub mod input;
pub mod object;
pub mod past_progress;
pub mod simulation;
