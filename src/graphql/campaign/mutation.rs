//! Creating, changing and deleting campaigns.

use async_graphql::{Context, Object};

use super::input::{CreateCampaignInput, UpdateCampaignInput};
use super::object::Campaign;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::terms::drafts;
use crate::graphql::user_error::{DeletePayload, payload};
use domain::campaign;
use service::campaign::{CampaignChange, NewCampaign, create, delete, update};

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
        let campaign = NewCampaign {
            name: input.name,
            external_id: input.external_id,
            status: input.status.map(campaign::CampaignStatus::from),
            terms: drafts(input.terms.unwrap_or_default()),
            holdback_days: input.holdback_days,
            starts_at: input.starts_at.map(|moment| moment.0),
            ends_at: input.ends_at.map(|moment| moment.0),
            advertiser_id: input.advertiser_id.map(id_text),
        };
        Some(CampaignPayload::of(&request, create(&request.app, &request.caller, campaign)).await)
    }

    /// Changes a campaign. Needs `campaigns:write`.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateCampaignInput,
    ) -> Nullable<CampaignPayload> {
        let request = mutation(ctx).await;
        let change = CampaignChange {
            id: id_text(input.id),
            name: plain(input.name),
            external_id: plain(input.external_id),
            status: patch(input.status, campaign::CampaignStatus::from),
            terms: patch(input.terms, drafts),
            holdback_days: plain(input.holdback_days),
            starts_at: patch(input.starts_at, |moment| moment.0),
            ends_at: patch(input.ends_at, |moment| moment.0),
            advertiser_id: patch(input.advertiser_id, id_text),
        };
        Some(CampaignPayload::of(&request, update(&request.app, &request.caller, change)).await)
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
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
