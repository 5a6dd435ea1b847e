//! Plain named things that other things refer to: partner tiers, partner categories, advertisers.

use super::id::{self, Id};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label<K: id::Kind> {
    pub id: Id<K>,
    pub label: String,
    pub external_id: Option<String>,
}

pub type PartnerTier = Label<id::PartnerTier>;
pub type PartnerCategory = Label<id::PartnerCategory>;
/// An advertiser; its label is its name.
pub type Advertiser = Label<id::Advertiser>;
