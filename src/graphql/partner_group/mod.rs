//! Partner groups and the rules that pay where no terms do.

pub mod object;
pub mod rule;
pub mod simulation;
