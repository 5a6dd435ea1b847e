//! Queries about tiered commissions.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use paged::paged;

use super::description::TIERED_COMMISSION;
use super::object::{TieredCommission, TieredCommissionStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::search_text;
use crate::graphql::order::{self, OrderBy};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::TieredCommissionId;
use domain::tiered;
use store::tiered_commission::TieredCommissionFilter as StoreFilter;

/// A filter for tiered commissions; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct TieredCommissionFilter {
    /// Part of the name, case-insensitive; at most 200 characters.
    pub search: Option<String>,
    /// With one of these statuses.
    pub status: Option<Vec<TieredCommissionStatus>>,
    /// Those that list this partner or apply to all partners.
    pub partner_id: Option<ID>,
    /// Those that list this campaign.
    pub campaign_id: Option<ID>,
    /// Those that list this advertiser.
    pub advertiser_id: Option<ID>,
}

impl TieredCommissionFilter {
    pub(super) fn read(self) -> Result<StoreFilter, ApiError> {
        let status = |list: Vec<TieredCommissionStatus>| list.into_iter().map(tiered::Status::from).collect();
        Ok(StoreFilter {
            search: self.search.map(|text| search_text("filter.search", text)).transpose()?,
            status: self.status.map(status),
            partner: self.partner_id.map(|id| id.parse()).transpose()?,
            campaign: self.campaign_id.map(|id| id.parse()).transpose()?,
            advertiser: self.advertiser_id.map(|id| id.parse()).transpose()?,
        })
    }
}

/// The fields by which tiered commissions can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::tiered_commission::TieredCommissionOrder")]
pub enum TieredCommissionOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The name, case-insensitive.
    Name,
}

#[derive(Default)]
pub struct TieredCommissionQuery;

#[paged]
#[Object]
impl TieredCommissionQuery {
    /// One tiered commission, archived or not; null if there is none.
    async fn tiered_commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Projected<TieredCommission>> {
        nullable(async { Projected::row(ctx, id.parse::<TieredCommissionId>()?.uuid()) }).await
    }

    /// The tiered commissions that are not archived, by default newest first.
    async fn tiered_commissions(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<TieredCommissionFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<TieredCommissionOrderField>>,
    ) -> Result<ProjectedPage<Connection<TieredCommission>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::TieredCommissions)?;
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "tiered_commissions", &filter), sorted);
        let listing = Listing::of(&TIERED_COMMISSION, store::tiered_commission::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
