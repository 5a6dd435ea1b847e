//! Simple named objects that others refer to: partner tiers, partner categories, advertisers.

use super::id::{self, Id};

/// A kind of label: the name of its type in the API, and of the field that holds the label there.
pub trait Labelled: id::Kind {
    const TYPE: &'static str;
    const FIELD: &'static str;
}

impl Labelled for id::PartnerTier {
    const TYPE: &'static str = "PartnerTier";
    const FIELD: &'static str = "label";
}

impl Labelled for id::PartnerCategory {
    const TYPE: &'static str = "PartnerCategory";
    const FIELD: &'static str = "label";
}

impl Labelled for id::Advertiser {
    const TYPE: &'static str = "Advertiser";
    const FIELD: &'static str = "name";
}

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
