//! Queries about customers.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use paged::paged;

use super::object::{CUSTOMER, Customer};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{id_or_external_id, ids, search_text, search_texts};
use crate::graphql::order::{self, OrderBy};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::id::CustomerId;
use store::customer::CustomerFilter as StoreFilter;
use store::view;

/// A filter for customers; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct CustomerFilter {
    /// Part of the external id, case-insensitive.
    pub search: Option<String>,
    /// Bound to this partner.
    pub partner_id: Option<ID>,
    /// Bound to this campaign.
    pub campaign_id: Option<ID>,
    /// Bound to one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Bound to one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// Acquired at this moment or later.
    pub acquired_from: Option<DateTime>,
    /// Acquired before this moment.
    pub acquired_to: Option<DateTime>,
}

/// The fields by which customers can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::customer::CustomerOrder")]
pub enum CustomerOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The time of acquisition, at which month 1 of their life starts.
    AcquiredAt,
}

#[derive(Default)]
pub struct CustomerQuery;

#[paged]
#[Object]
impl CustomerQuery {
    /// One customer, by its id or its external id; null if there is none.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Projected<Customer>> {
        nullable(async {
            match id_or_external_id(id, external_id)? {
                Ok(id) => Projected::row(ctx, id.parse::<CustomerId>()?.uuid()),
                Err(external_id) => {
                    Projected::by_column(ctx, view::column(view::CustomerColumn::ExternalId), external_id)
                }
            }
        })
        .await
    }

    /// The customers, by default newest first.
    async fn customers(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CustomerFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<CustomerOrderField>>,
    ) -> Result<ProjectedPage<Connection<Customer>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Events)?;
        let filter = filter.unwrap_or_default();
        let filter = Arc::new(StoreFilter {
            search: filter
                .search
                .map(|text| search_text("filter.search", text))
                .transpose()?,
            partner: filter.partner_id.map(|id| id.parse()).transpose()?,
            campaign: filter.campaign_id.map(|id| id.parse()).transpose()?,
            partners: ids("filter.partnerIds", filter.partner_ids)?,
            campaigns: ids("filter.campaignIds", filter.campaign_ids)?,
            external_ids: search_texts("filter.externalIds", filter.external_ids)?,
            acquired_from: filter.acquired_from.map(|moment| moment.0),
            acquired_to: filter.acquired_to.map(|moment| moment.0),
        });
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "customers", &filter), sorted);
        let listing = Listing::of(&CUSTOMER, store::customer::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
