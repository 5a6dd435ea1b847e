//! Creating, changing and deleting tiered commissions.

use async_graphql::{Context, Object};

use super::input::{CreateTieredCommissionInput, UpdateTieredCommissionInput};
use super::object::TieredCommission;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, payload};
use service::tiered_commission::{create, delete, update};

payload! {
    /// The result of creating or changing a tiered commission.
    TieredCommissionPayload {
        /// The tiered commission as it is now; null if nothing was changed.
        tiered_commission: TieredCommission, TieredCommissions
    }
}

#[derive(Default)]
pub struct TieredCommissionMutation;

#[Object]
impl TieredCommissionMutation {
    /// Creates a tiered commission. It counts the current windows from their start, and changes amounts from the next
    /// conversion on. Needs `tiered_commissions:write`.
    async fn create_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new tiered commission.")] input: CreateTieredCommissionInput,
    ) -> Nullable<TieredCommissionPayload> {
        let request = mutation(ctx).await;
        let tier = create(&request.app, &request.caller, input.into());
        Some(TieredCommissionPayload::of(&request, tier).await)
    }

    /// Changes a tiered commission. Goals and lists are replaced as a whole. Amounts change only from the next
    /// conversion on. Needs `tiered_commissions:write`.
    async fn update_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateTieredCommissionInput,
    ) -> Nullable<TieredCommissionPayload> {
        let request = mutation(ctx).await;
        let tier = update(&request.app, &request.caller, input.into());
        Some(TieredCommissionPayload::of(&request, tier).await)
    }

    /// Deletes a tiered commission that has never changed an amount. One that has is archived instead: it stops, stays
    /// readable by id, and is no longer listed. Needs `tiered_commissions:write`.
    async fn delete_tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tiered commission.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
