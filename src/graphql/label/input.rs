//! Inputs that create and change labels.

use async_graphql::{ID, InputObject, MaybeUndefined};

/// A new partner tier.
#[derive(InputObject)]
pub struct CreatePartnerTierInput {
    /// Its label; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a partner tier. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePartnerTierInput {
    /// The tier.
    pub id: ID,
    /// Its label.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A new partner category.
#[derive(InputObject)]
pub struct CreatePartnerCategoryInput {
    /// Its label; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a partner category. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePartnerCategoryInput {
    /// The category.
    pub id: ID,
    /// Its label.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A new advertiser.
#[derive(InputObject)]
pub struct CreateAdvertiserInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to an advertiser. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateAdvertiserInput {
    /// The advertiser.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}
