//! Commission rules: what deals pay when they enter a stage.

mod description;
mod entry;
mod entry_input;
mod input;
mod mutation;
mod object;
mod query;
mod scaling;
mod simulation;

pub use description::COMMISSION_RULE;
pub use mutation::CommissionRuleMutation;
pub use object::CommissionRule;
pub use query::{CommissionRuleOrderField, CommissionRuleQuery};
pub use simulation::SimulateRuleMutation;
