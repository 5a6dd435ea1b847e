//! Inputs that move a partnership from one status to another.

use async_graphql::{ID, InputObject};

/// The partner to activate.
#[derive(InputObject)]
pub struct ActivatePartnerInput {
    /// The partner; it must be invited or suspended.
    pub id: ID,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The partner to suspend, and the reason.
#[derive(InputObject)]
pub struct SuspendPartnerInput {
    /// The partner; it must be invited or active.
    pub id: ID,
    /// The reason.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The partner to revoke, and the reason.
#[derive(InputObject)]
pub struct RevokePartnerInput {
    /// The partner; it must not be revoked.
    pub id: ID,
    /// The reason.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The partner to reinstate.
#[derive(InputObject)]
pub struct ReinstatePartnerInput {
    /// The partner; it must be revoked.
    pub id: ID,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}
