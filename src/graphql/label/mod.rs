//! Partner tiers, partner categories and advertisers.

pub mod object;
