//! Partner groups, and their rules, which pay where no terms do.

mod input;
mod mutation;
mod object;
mod query;
mod rule;
mod rule_input;
mod simulation;

pub use mutation::PartnerGroupMutation;
pub use object::{PARTNER_GROUP, PartnerGroup};
pub use query::{PartnerGroupOrderField, PartnerGroupQuery};
pub use rule::PartnerGroupRule;
pub use rule_input::PartnerGroupRuleInput;
pub use simulation::SimulatePartnerGroupMutation;
