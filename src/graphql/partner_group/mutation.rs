//! Creating, changing and deleting partner groups.

use async_graphql::{Context, Object};

use super::input::{CreatePartnerGroupInput, UpdatePartnerGroupInput};
use super::object::PartnerGroup;
use super::rule_input::drafts;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::user_error::{DeletePayload, payload};
use service::partner_group::{NewPartnerGroup, PartnerGroupChange, create, delete, update};

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
        let group = NewPartnerGroup {
            name: input.name,
            rules: drafts(input.rules),
            description: input.description,
            external_id: input.external_id,
            tags: input.tags.unwrap_or_default(),
            is_default: input.default.unwrap_or(false),
            currency: input.currency.map(|code| code.0),
        };
        Some(PartnerGroupPayload::of(&request, create(&request.app, &request.caller, group)).await)
    }

    /// Changes a partner group. Needs `partner_groups:write`.
    async fn update_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartnerGroupInput,
    ) -> Nullable<PartnerGroupPayload> {
        let request = mutation(ctx).await;
        let change = PartnerGroupChange {
            id: id_text(input.id),
            name: plain(input.name),
            rules: patch(input.rules, drafts),
            description: plain(input.description),
            external_id: plain(input.external_id),
            tags: plain(input.tags),
            is_default: plain(input.default),
            currency: patch(input.currency, |code| code.0),
        };
        Some(PartnerGroupPayload::of(&request, update(&request.app, &request.caller, change)).await)
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
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
