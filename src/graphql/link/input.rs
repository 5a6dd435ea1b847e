//! Inputs that create and change links.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::object::LinkStatus;
use crate::graphql::input::patch;
use service::link::{LinkChange, NewLink};

/// A new link.
#[derive(InputObject)]
pub struct CreateLinkInput {
    /// The partner that events are credited to; not a revoked one. A partner's token may leave it out.
    pub partner_id: Option<ID>,
    /// The campaign whose terms pay for them; for a partner's token one that it belongs to.
    pub campaign_id: ID,
    /// The last part of its address: 1 to 64 of A-Z, a-z, 0-9, - and _; unique in the tenant. It never changes. By default
    /// 8 letters and digits are drawn.
    pub key: Option<String>,
    /// Where it leads: https, on a host of the campaign's `linkHosts`, or of its `destinationUrl` where there are none. By
    /// default the campaign's `destinationUrl`.
    pub destination_url: Option<String>,
    /// The id that another system, or the partner, gives it; unique in the tenant.
    pub external_id: Option<String>,
    /// Its status; ACTIVE by default.
    pub status: Option<LinkStatus>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a link. Absent fields stay as they are; null clears. Clicks that were recorded stay as they are.
#[derive(InputObject)]
pub struct UpdateLinkInput {
    /// The link.
    pub id: ID,
    /// Where it leads; null: to the campaign's `destinationUrl`.
    pub destination_url: MaybeUndefined<String>,
    /// The id that another system, or the partner, gives it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// Its status.
    pub status: MaybeUndefined<LinkStatus>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<CreateLinkInput> for NewLink {
    fn from(input: CreateLinkInput) -> Self {
        Self {
            partner_id: input.partner_id.map(Into::into),
            campaign_id: input.campaign_id.into(),
            key: input.key,
            destination_url: input.destination_url,
            external_id: input.external_id,
            status: input.status.map(Into::into),
        }
    }
}

impl From<UpdateLinkInput> for LinkChange {
    fn from(input: UpdateLinkInput) -> Self {
        Self {
            id: input.id.into(),
            destination_url: patch(input.destination_url),
            external_id: patch(input.external_id),
            status: patch(input.status),
        }
    }
}
