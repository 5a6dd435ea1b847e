//! Inputs that create and decide partnership requests.

use async_graphql::{ID, InputObject};

use service::partnership_request::NewPartnershipRequest;

/// A new request to promote a campaign.
#[derive(InputObject)]
pub struct CreatePartnershipRequestInput {
    /// The name of the applicant.
    pub name: String,
    /// The applicant's e-mail address.
    pub email: String,
    /// The campaign to be promoted.
    pub campaign_id: ID,
    /// A message from the applicant.
    pub message: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The request to approve.
#[derive(InputObject)]
pub struct ApprovePartnershipRequestInput {
    /// The request.
    pub id: ID,
    /// The group of the partner, whether new or existing.
    pub group_id: Option<ID>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The request to reject, and the reason.
#[derive(InputObject)]
pub struct RejectPartnershipRequestInput {
    /// The request.
    pub id: ID,
    /// The reason.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreatePartnershipRequestInput> for NewPartnershipRequest {
    fn from(input: CreatePartnershipRequestInput) -> Self {
        Self {
            name: input.name,
            email: input.email,
            campaign_id: input.campaign_id.into(),
            message: input.message,
        }
    }
}
