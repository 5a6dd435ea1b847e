//! Commission rules: what deals pay when they enter a stage.

pub mod input;
pub mod object;
pub mod simulation;
