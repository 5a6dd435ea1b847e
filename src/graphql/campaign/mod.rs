//! Campaigns: what partners promote.

mod attribution;
mod attribution_simulation;
mod description;
mod input;
mod mutation;
mod object;
mod query;

pub use attribution::AttributionModel;
pub use attribution_simulation::SimulateAttributionMutation;
pub use description::CAMPAIGN;
#[cfg(test)]
pub use input::CreateCampaignInput;
pub use mutation::CampaignMutation;
pub use object::Campaign;
pub use query::{CampaignOrderField, CampaignQuery};
