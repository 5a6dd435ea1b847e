//! Inputs that create and change labels.

use async_graphql::{ID, InputObject, MaybeUndefined};

/// A new partner tier.
#[derive(InputObject)]
pub struct CreatePartnerTierInput {
    /// What it is called; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner tier. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePartnerTierInput {
    /// Which tier.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A new partner category.
#[derive(InputObject)]
pub struct CreatePartnerCategoryInput {
    /// What it is called; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner category. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePartnerCategoryInput {
    /// Which category.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A new advertiser.
#[derive(InputObject)]
pub struct CreateAdvertiserInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of an advertiser. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateAdvertiserInput {
    /// Which advertiser.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
