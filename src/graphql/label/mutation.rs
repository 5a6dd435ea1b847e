//! Creating, changing and deleting labels.

use async_graphql::{Context, Object};

use super::input::{
    CreateAdvertiserInput, CreatePartnerCategoryInput, CreatePartnerTierInput, UpdateAdvertiserInput,
    UpdatePartnerCategoryInput, UpdatePartnerTierInput,
};
use super::object::{Advertiser, PartnerCategory, PartnerTier};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{DeleteInput, patch};
use crate::graphql::user_error::{DeletePayload, payload};
use domain::id;
use service::label::{create, delete, update};

payload! {
    /// The result of creating or changing a partner tier.
    PartnerTierPayload {
        /// The tier as it is now; null if nothing was changed.
        partner_tier: PartnerTier, Partners
    }
}

payload! {
    /// The result of creating or changing a partner category.
    PartnerCategoryPayload {
        /// The category as it is now; null if nothing was changed.
        partner_category: PartnerCategory, Partners
    }
}

payload! {
    /// The result of creating or changing an advertiser.
    AdvertiserPayload {
        /// The advertiser as it is now; null if nothing was changed.
        advertiser: Advertiser, Campaigns
    }
}

#[derive(Default)]
pub struct LabelMutation;

#[Object]
impl LabelMutation {
    /// Creates a partner tier. Needs `partners:write`.
    async fn create_partner_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new tier.")] input: CreatePartnerTierInput,
    ) -> Nullable<PartnerTierPayload> {
        let request = mutation(ctx).await;
        let tier = create::<id::PartnerTier>(&request.app, &request.caller, &input.label, input.external_id);
        Some(PartnerTierPayload::of(&request, tier).await)
    }

    /// Changes a partner tier. Needs `partners:write`.
    async fn update_partner_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartnerTierInput,
    ) -> Nullable<PartnerTierPayload> {
        let request = mutation(ctx).await;
        let (label, external_id) = (patch(input.label), patch(input.external_id));
        let tier = update::<id::PartnerTier>(&request.app, &request.caller, &input.id, label, external_id);
        Some(PartnerTierPayload::of(&request, tier).await)
    }

    /// Deletes a partner tier that nothing refers to, else IN_USE. Needs `partners:write`.
    async fn delete_partner_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete::<id::PartnerTier>(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }

    /// Creates a partner category. Needs `partners:write`.
    async fn create_partner_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new category.")] input: CreatePartnerCategoryInput,
    ) -> Nullable<PartnerCategoryPayload> {
        let request = mutation(ctx).await;
        let category = create::<id::PartnerCategory>(&request.app, &request.caller, &input.label, input.external_id);
        Some(PartnerCategoryPayload::of(&request, category).await)
    }

    /// Changes a partner category. Needs `partners:write`.
    async fn update_partner_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePartnerCategoryInput,
    ) -> Nullable<PartnerCategoryPayload> {
        let request = mutation(ctx).await;
        let (label, external_id) = (patch(input.label), patch(input.external_id));
        let category = update::<id::PartnerCategory>(&request.app, &request.caller, &input.id, label, external_id);
        Some(PartnerCategoryPayload::of(&request, category).await)
    }

    /// Deletes a partner category that nothing refers to, else IN_USE. Needs `partners:write`.
    async fn delete_partner_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete::<id::PartnerCategory>(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }

    /// Creates an advertiser. Needs `campaigns:write`.
    async fn create_advertiser(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new advertiser.")] input: CreateAdvertiserInput,
    ) -> Nullable<AdvertiserPayload> {
        let request = mutation(ctx).await;
        let advertiser = create::<id::Advertiser>(&request.app, &request.caller, &input.name, input.external_id);
        Some(AdvertiserPayload::of(&request, advertiser).await)
    }

    /// Changes an advertiser. Needs `campaigns:write`.
    async fn update_advertiser(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateAdvertiserInput,
    ) -> Nullable<AdvertiserPayload> {
        let request = mutation(ctx).await;
        let (name, external_id) = (patch(input.name), patch(input.external_id));
        let advertiser = update::<id::Advertiser>(&request.app, &request.caller, &input.id, name, external_id);
        Some(AdvertiserPayload::of(&request, advertiser).await)
    }

    /// Deletes an advertiser that no campaign refers to, else IN_USE. Needs `campaigns:write`.
    async fn delete_advertiser(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The advertiser.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete::<id::Advertiser>(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
