//! Inputs that move a partnership from one status to another.

use async_graphql::{ID, InputObject};

/// Which partner to activate.
#[derive(InputObject)]
pub struct ActivatePartnerInput {
    /// The partner: an invited or suspended one.
    pub id: ID,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which partner to suspend, and why.
#[derive(InputObject)]
pub struct SuspendPartnerInput {
    /// The partner: an invited or active one.
    pub id: ID,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which partner to revoke, and why.
#[derive(InputObject)]
pub struct RevokePartnerInput {
    /// The partner: any that is not revoked.
    pub id: ID,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which partner to reinstate.
#[derive(InputObject)]
pub struct ReinstatePartnerInput {
    /// The partner: a revoked one.
    pub id: ID,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
