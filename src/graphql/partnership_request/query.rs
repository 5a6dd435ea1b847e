//! Queries about partnership requests.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use paged::paged;

use super::object::{PARTNERSHIP_REQUEST, PartnershipRequest, PartnershipRequestStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::ids;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::id::PartnershipRequestId;
use domain::partnership_request;
use store::partnership_request::PartnershipRequestFilter as StoreFilter;

/// A filter for partnership requests; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct PartnershipRequestFilter {
    /// With one of these statuses.
    pub status: Option<Vec<PartnershipRequestStatus>>,
    /// For one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl PartnershipRequestFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        let status = partnership_request::PartnershipRequestStatus::from;
        Ok(StoreFilter {
            statuses: self.status.map(|list| list.into_iter().map(status).collect()),
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }
}

#[derive(Default)]
pub struct PartnershipRequestQuery;

#[paged]
#[Object]
impl PartnershipRequestQuery {
    /// One partnership request; null if there is none.
    async fn partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Projected<PartnershipRequest>> {
        nullable(async { Projected::row(ctx, id.parse::<PartnershipRequestId>()?.uuid()) }).await
    }

    /// The partnership requests, newest first.
    async fn partnership_requests(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only requests with this status.")] status: Option<PartnershipRequestStatus>,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<PartnershipRequestFilter>,
    ) -> Result<ProjectedPage<Connection<PartnershipRequest>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        let status = status.map(partnership_request::PartnershipRequestStatus::from);
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let cursors = Cursors::of((scope, "partnershipRequests", status, &filter));
        let listing = Listing::of(&PARTNERSHIP_REQUEST, store::partnership_request::list(status, filter));
        projected_page(listing, &cursors, &arguments)
    }
}
