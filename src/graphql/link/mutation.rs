//! Creating, changing and deleting links.

use async_graphql::{Context, Object};

use super::input::{CreateLinkInput, UpdateLinkInput};
use super::object::Link;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, payload};
use service::link::{create, delete, update};

payload! {
    /// The result of creating or changing a link.
    LinkPayload {
        /// The link as it is now; null if nothing was changed.
        link: Link, Links
    }
}

#[derive(Default)]
pub struct LinkMutation;

#[Object]
impl LinkMutation {
    /// Creates a link. Needs `links:write`; a partner's token may have it, too, and creates links of its own.
    async fn create_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new link.")] input: CreateLinkInput,
    ) -> Nullable<LinkPayload> {
        let request = mutation(ctx).await;
        Some(LinkPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Changes a link. Needs `links:write`; a partner's token may have it, too, and changes its own.
    async fn update_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateLinkInput,
    ) -> Nullable<LinkPayload> {
        let request = mutation(ctx).await;
        Some(LinkPayload::of(&request, update(&request.app, &request.caller, input.into())).await)
    }

    /// Deletes a link that nobody followed, else IN_USE; such a link can be disabled instead. Needs `links:write`, and no
    /// partner's token.
    async fn delete_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
