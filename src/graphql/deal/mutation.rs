//! Creating, changing, moving and renewing deals.

use async_graphql::{Context, Object};

use super::input::{CreateDealInput, MoveDealInput, RecordDealRenewalInput, UpdateDealInput, values};
use super::payload::DealPayload;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::user_error::DeletePayload;
use service::deal::{DealChange, NewDeal, create, move_to, renew, update};
use service::deletion::delete_deal;

#[derive(Default)]
pub struct DealMutation;

#[Object]
impl DealMutation {
    /// Creates a deal; if a stage is given, the deal enters it, which may pay commissions. Needs `deals:write`.
    async fn create_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new deal.")] input: CreateDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let deal = NewDeal {
            external_id: input.external_id,
            name: input.name,
            value: (input.value.amount.0, input.value.currency.0),
            partner_id: id_text(input.partner_id),
            stage_id: input.stage_id.map(id_text),
            lead_creator: input.lead_creator,
            owner: input.owner,
            fields: values(input.custom_fields.unwrap_or_default()),
        };
        Some(DealPayload::of(&request, create(&request.app, &request.caller, deal)).await)
    }

    /// Deletes a deal that has no commission, else IN_USE. Needs `deals:write`.
    async fn delete_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deal.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete_deal(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }

    /// Changes a deal. Needs `deals:write`.
    async fn update_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let change = DealChange {
            id: id_text(input.id),
            name: plain(input.name),
            value: patch(input.value, |value| (value.amount.0, value.currency.0)),
            lead_creator: plain(input.lead_creator),
            owner: plain(input.owner),
            fields: patch(input.custom_fields, values),
        };
        Some(DealPayload::of(&request, update(&request.app, &request.caller, change)).await)
    }

    /// Moves a deal into a stage, which pays what the commission rules say. A stage with the outcome LOST reverses the
    /// deal's commissions that are not approved yet. Needs `deals:write`.
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
