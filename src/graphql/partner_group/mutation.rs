//! Creating, changing and deleting partner groups.

use async_graphql::{Context, Object};

use super::input::{CreatePartnerGroupInput, UpdatePartnerGroupInput};
use super::object::PartnerGroup;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, payload};
use service::partner_group::{create, delete, update};

payload! {
    /// The result of creating or changing a partner group.
    PartnerGroupPayload {
        /// The group as it is now; null if nothing was changed.
        partner_group: PartnerGroup, PartnerGroups
    }
}

#[derive(Default)]
pub struct PartnerGroupMutation;

#[Object]
impl PartnerGroupMutation {
    /// Creates a partner group. Needs `partner_groups:write`.
    async fn create_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new group.")] input: CreatePartnerGroupInput,
    ) -> Nullable<PartnerGroupPayload> {
        let request = mutation(ctx).await;
        Some(PartnerGroupPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Changes a partner group. Needs `partner_groups:write`.
    async fn update_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartnerGroupInput,
    ) -> Nullable<PartnerGroupPayload> {
        let request = mutation(ctx).await;
        Some(PartnerGroupPayload::of(&request, update(&request.app, &request.caller, input.into())).await)
    }

    /// Deletes a partner group that is not the default group and has no partners, else IN_USE. Needs
    /// `partner_groups:write`.
    async fn delete_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
