//! Commission terms: what is promised to partners, and what is in force.

pub mod in_force;
pub mod simulation;
pub mod snapshot;
pub mod term;
