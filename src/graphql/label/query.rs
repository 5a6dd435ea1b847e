//! Queries about partner tiers, partner categories and advertisers.

use async_graphql::{Context, Object};
use paged::paged;

use super::object::{ADVERTISER, Advertiser, PartnerCategory, PartnerTier};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, ProjectedPage, projected_page};
use auth::Resource;
use domain::label;

#[derive(Default)]
pub struct LabelQuery;

#[paged]
#[Object]
impl LabelQuery {
    /// All partner tiers, by label.
    async fn partner_tiers(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTier>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Partners)?;
        let all: Vec<label::PartnerTier> = store::label::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PartnerTier::from).collect())
    }

    /// All partner categories, by label.
    async fn partner_categories(&self, ctx: &Context<'_>) -> Result<Vec<PartnerCategory>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Partners)?;
        let all: Vec<label::PartnerCategory> = store::label::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PartnerCategory::from).collect())
    }

    /// The advertisers, newest first.
    async fn advertisers(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
    ) -> Result<ProjectedPage<Connection<Advertiser>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Campaigns)?;
        let cursors = Cursors::of((scope, "advertisers"));
        let listing = Listing::of(&ADVERTISER, store::label::advertisers());
        projected_page(listing, &cursors, &arguments)
    }
}
