//! Queries about touches.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use paged::paged;

use super::object::{TOUCH, Touch, TouchKind};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{ids, search_texts};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::id::TouchId;
use domain::touch;
use store::touch::TouchFilter as StoreFilter;

/// A filter for touches; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct TouchFilter {
    /// Of one of these kinds.
    pub kind: Option<Vec<TouchKind>>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Of one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Of one of these links.
    pub link_ids: Option<Vec<ID>>,
    /// Of one of these coupons.
    pub coupon_ids: Option<Vec<ID>>,
    /// Of one of these customers: recorded for them, or of visitors who are them. Not allowed with a partner's token.
    pub customer_ids: Option<Vec<ID>>,
    /// Of one of these visitors. Not allowed with a partner's token.
    pub visitor_ids: Option<Vec<String>>,
    /// Happened at this moment or later.
    pub occurred_from: Option<DateTime>,
    /// Happened before this moment.
    pub occurred_to: Option<DateTime>,
}

impl TouchFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        Ok(StoreFilter {
            kinds: self
                .kind
                .map(|list| list.into_iter().map(touch::TouchKind::from).collect()),
            partners: ids("filter.partnerIds", self.partner_ids)?,
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            links: ids("filter.linkIds", self.link_ids)?,
            coupons: ids("filter.couponIds", self.coupon_ids)?,
            customers: ids("filter.customerIds", self.customer_ids)?,
            visitors: search_texts("filter.visitorIds", self.visitor_ids)?,
            occurred_from: self.occurred_from.map(|moment| moment.0),
            occurred_to: self.occurred_to.map(|moment| moment.0),
        })
    }
}

#[derive(Default)]
pub struct TouchQuery;

#[paged]
#[Object]
impl TouchQuery {
    /// One touch; null if there is none. Needs `events:read`.
    async fn touch(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Projected<Touch>> {
        nullable(async { Projected::row(ctx, id.parse::<TouchId>()?.uuid()) }).await
    }

    /// The touches, most recently recorded first. A partner's token lists its own. Needs `events:read`.
    async fn touches(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<TouchFilter>,
    ) -> Result<ProjectedPage<Connection<Touch>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Events)?;
        let filter = filter.unwrap_or_default();
        // Partners may not see who it was, nor find out by guessing.
        if filter.customer_ids.is_some() || filter.visitor_ids.is_some() {
            caller.staff_only()?;
        }
        let filter = Arc::new(filter.read()?);
        let cursors = Cursors::of((scope, "touches", &filter));
        let listing = Listing::of(&TOUCH, store::touch::list(filter));
        projected_page(listing, &cursors, &arguments)
    }
}
