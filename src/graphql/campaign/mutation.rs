//! Creating, changing and deleting campaigns.

use async_graphql::{Context, Object};

use super::input::{CreateCampaignInput, UpdateCampaignInput};
use super::object::Campaign;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, payload};
use service::campaign::{create, delete, update};

payload! {
    /// The result of creating or changing a campaign.
    CampaignPayload {
        /// The campaign as it is now; null if nothing was changed.
        campaign: Campaign, Campaigns
    }
}

#[derive(Default)]
pub struct CampaignMutation;

#[Object]
impl CampaignMutation {
    /// Creates a campaign. Needs `campaigns:write`.
    async fn create_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new campaign.")] input: CreateCampaignInput,
    ) -> Nullable<CampaignPayload> {
        let request = mutation(ctx).await;
        Some(CampaignPayload::of(&request, create(&request.app, &request.caller, input.into())).await)
    }

    /// Changes a campaign. Needs `campaigns:write`.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateCampaignInput,
    ) -> Nullable<CampaignPayload> {
        let request = mutation(ctx).await;
        Some(CampaignPayload::of(&request, update(&request.app, &request.caller, input.into())).await)
    }

    /// Deletes a campaign that nothing refers to, else IN_USE; such a campaign can be ended instead. Needs
    /// `campaigns:write`.
    async fn delete_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
