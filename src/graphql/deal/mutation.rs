//! Creating, changing, moving and renewing deals.

use async_graphql::{Context, Object};

use super::input::{CreateDealInput, MoveDealInput, RecordDealRenewalInput, UpdateDealInput};
use super::payload::DealPayload;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::DeletePayload;
use service::deal::{create, move_to, renew, update};
use service::deletion::delete_deal;

#[derive(Default)]
pub struct DealMutation;

#[Object]
impl DealMutation {
    /// Creates a deal; if a stage is given, the deal enters it, which may pay commissions; nothing while its partner is
    /// suspended or revoked. Needs `deals:write`.
    async fn create_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new deal.")] input: CreateDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        Some(DealPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Deletes a deal that has no commission, else IN_USE. Needs `deals:write`.
    async fn delete_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deal.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete_deal(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }

    /// Changes a deal. Needs `deals:write`.
    async fn update_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        Some(DealPayload::of(&request, update(&request.app, &request.caller, input.into())).await)
    }

    /// Moves a deal into a stage, which pays what the commission rules say; nothing while its partner is suspended or
    /// revoked. A stage with the outcome LOST reverses the deal's commissions that are not approved yet. Needs `deals:write`.
    async fn move_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deal and its new stage.")] input: MoveDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let done = move_to(&request.app, &request.caller, &input.id, &input.stage_id);
        Some(DealPayload::of(&request, done).await)
    }

    /// Records a renewal of a deal: every recurring part that has started pays its next occurrence. A lost deal cannot
    /// be renewed: INVALID_TRANSITION. Needs `deals:write`.
    async fn record_deal_renewal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deal.")] input: RecordDealRenewalInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let done = renew(&request.app, &request.caller, &input.id);
        Some(DealPayload::of(&request, done).await)
    }
}
