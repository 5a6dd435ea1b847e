//! Simple named objects that others refer to: partner tiers, partner categories, advertisers.

use super::id::{self, Id};
use crate::audit::{Audited, Fields};

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

impl<K: Labelled> Audited for Label<K> {
    const TYPE: &'static str = K::TYPE;

    fn object_id(&self) -> String {
        self.id.to_string()
    }

    fn fields(&self) -> Fields {
        let Self {
            id: _,
            label,
            external_id,
        } = self;
        vec![
            (K::FIELD, serde_json::json!(label)),
            ("externalId", serde_json::json!(external_id)),
        ]
    }
}

pub type PartnerTier = Label<id::PartnerTier>;
pub type PartnerCategory = Label<id::PartnerCategory>;
/// An advertiser; its label is its name.
pub type Advertiser = Label<id::Advertiser>;
