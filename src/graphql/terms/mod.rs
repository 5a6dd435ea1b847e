//! Commission terms: those promised to partners, and those in force.

mod in_force;
mod simulation;
mod snapshot;
mod snapshot_mutation;
mod term;
mod term_match;
mod tier_offer;

pub use in_force::TermsInForce;
pub use simulation::{SimulateTermsMutation, SimulatedCommission};
pub use snapshot::{COMMISSION_SNAPSHOT, CommissionSnapshot};
pub use snapshot_mutation::{CommissionSnapshotInput, SnapshotMutation};
pub use term::{CommissionTerm, CommissionTermInput};
