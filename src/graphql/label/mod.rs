//! Partner tiers, partner categories and advertisers.

mod input;
mod mutation;
mod object;
mod query;

pub use mutation::LabelMutation;
pub use object::{ADVERTISER, Advertiser, PARTNER_CATEGORY, PARTNER_TIER, PartnerCategory, PartnerTier};
pub use query::LabelQuery;
