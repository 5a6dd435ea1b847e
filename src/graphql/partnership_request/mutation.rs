//! Creating and deciding partnership requests.

use async_graphql::{Context, Object};

use super::input::{ApprovePartnershipRequestInput, CreatePartnershipRequestInput, RejectPartnershipRequestInput};
use super::object::PartnershipRequest;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::user_error::payload;
use service::partnership_request::{approve, create, reject};

payload! {
    /// The result of creating or deciding a partnership request.
    PartnershipRequestPayload {
        /// The request as it is now; null if nothing was changed.
        partnership_request: PartnershipRequest, Partners
    }
}

#[derive(Default)]
pub struct PartnershipRequestMutation;

#[Object]
impl PartnershipRequestMutation {
    /// Records a request to promote a campaign. Needs `partners:write`.
    async fn create_partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: CreatePartnershipRequestInput,
    ) -> Nullable<PartnershipRequestPayload> {
        let request = mutation(ctx).await;
        Some(PartnershipRequestPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Approves a request in one transaction: creates the partner, or uses the existing one with the same e-mail
    /// address, adds it to the campaign, and stores a snapshot of the campaign's present terms. Needs `partners:write`.
    async fn approve_partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: ApprovePartnershipRequestInput,
    ) -> Nullable<PartnershipRequestPayload> {
        let request = mutation(ctx).await;
        let group = input.group_id.map(String::from);
        let approved = approve(&request.app, &request.caller, &input.id, group.as_deref());
        Some(PartnershipRequestPayload::of(&request, approved).await)
    }

    /// Rejects a request. Needs `partners:write`.
    async fn reject_partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request and the reason.")] input: RejectPartnershipRequestInput,
    ) -> Nullable<PartnershipRequestPayload> {
        let request = mutation(ctx).await;
        Some(
            PartnershipRequestPayload::of(
                &request,
                reject(&request.app, &request.caller, &input.id, &input.reason),
            )
            .await,
        )
    }
}
