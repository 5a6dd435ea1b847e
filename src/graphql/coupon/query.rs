//! Queries about coupons.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use paged::paged;

use super::object::{COUPON, Coupon, CouponStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{ids, search_text};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::coupon;
use domain::id::CouponId;
use store::coupon::CouponFilter as StoreFilter;

/// A filter for coupons; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct CouponFilter {
    /// Part of the code, case-insensitive.
    pub search: Option<String>,
    /// With one of these statuses.
    pub status: Option<Vec<CouponStatus>>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Of one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl CouponFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        Ok(StoreFilter {
            search: self.search.map(|text| search_text("search", text)).transpose()?,
            statuses: self
                .status
                .map(|list| list.into_iter().map(coupon::CouponStatus::from).collect()),
            partners: ids("filter.partnerIds", self.partner_ids)?,
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }
}

#[derive(Default)]
pub struct CouponQuery;

#[paged]
#[Object]
impl CouponQuery {
    /// One coupon; null if there is none.
    async fn coupon(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Projected<Coupon>> {
        nullable(async { Projected::row(ctx, id.parse::<CouponId>()?.uuid()) }).await
    }

    /// The coupons, newest first. A partner's token lists its own.
    async fn coupons(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CouponFilter>,
    ) -> Result<ProjectedPage<Connection<Coupon>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Coupons)?;
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let cursors = Cursors::of((scope, "coupons", &filter));
        let listing = Listing::of(&COUPON, store::coupon::list(filter));
        projected_page(listing, &cursors, &arguments)
    }
}
