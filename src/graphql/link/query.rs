//! Queries about links.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use paged::paged;

use super::object::{LINK, Link, LinkStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{ids, search_text};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::id::LinkId;
use domain::link;
use store::link::LinkFilter as StoreFilter;

/// A filter for links; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct LinkFilter {
    /// Part of the external id, case-insensitive, or the whole key.
    pub search: Option<String>,
    /// With one of these statuses.
    pub status: Option<Vec<LinkStatus>>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Of one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// With one of these keys.
    pub keys: Option<Vec<String>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl LinkFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        Ok(StoreFilter {
            search: self.search.map(|text| search_text("search", text)).transpose()?,
            statuses: self
                .status
                .map(|list| list.into_iter().map(link::LinkStatus::from).collect()),
            partners: ids("filter.partnerIds", self.partner_ids)?,
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            keys: self.keys,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }
}

#[derive(Default)]
pub struct LinkQuery;

#[paged]
#[Object]
impl LinkQuery {
    /// One link; null if there is none.
    async fn link(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Projected<Link>> {
        nullable(async { Projected::row(ctx, id.parse::<LinkId>()?.uuid()) }).await
    }

    /// The links, newest first. A partner's token lists its own.
    async fn links(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<LinkFilter>,
    ) -> Result<ProjectedPage<Connection<Link>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Links)?;
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let cursors = Cursors::of((scope, "links", &filter));
        let listing = Listing::of(&LINK, store::link::list(filter));
        projected_page(listing, &cursors, &arguments)
    }
}
