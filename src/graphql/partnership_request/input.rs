//! Inputs that create and decide partnership requests.

use async_graphql::{ID, InputObject};

/// A new request to promote a campaign.
#[derive(InputObject)]
pub struct CreatePartnershipRequestInput {
    /// Who asks.
    pub name: String,
    /// The e-mail address of who asks.
    pub email: String,
    /// What is to be promoted.
    pub campaign_id: ID,
    /// What the asking party adds.
    pub message: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which request to approve.
#[derive(InputObject)]
pub struct ApprovePartnershipRequestInput {
    /// The request.
    pub id: ID,
    /// The group to put the partner in.
    pub group_id: Option<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which request to reject, and why.
#[derive(InputObject)]
pub struct RejectPartnershipRequestInput {
    /// The request.
    pub id: ID,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}
