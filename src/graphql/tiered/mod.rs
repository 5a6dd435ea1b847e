//! Tiered commissions: goals that change what conversions pay.

mod counter;
mod description;
mod goal;
mod goal_input;
mod input;
mod mutation;
mod object;
mod past_progress;
mod query;
mod simulation;

pub use counter::{TierCounter, tier_progress};
pub use description::TIERED_COMMISSION;
pub use goal::{CrossingPolicy, RetroactiveModifier, TierGoal, TierModifier, TierPeriod};
pub use input::CreateTieredCommissionInput;
pub use mutation::TieredCommissionMutation;
pub use object::TieredCommission;
pub use past_progress::past_tier_progress;
pub use query::{TieredCommissionOrderField, TieredCommissionQuery};
pub use simulation::SimulateTiersMutation;
