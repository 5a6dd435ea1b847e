//! Queries about deals.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use paged::paged;

use super::description::DEAL;
use super::filter::{DealFilter, DealOrderField};
use super::object::Deal;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::id_or_external_id;
use crate::graphql::order::{self, OrderBy, within_currency};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::DealId;
use store::deal::DealOrder;
use store::view;

#[derive(Default)]
pub struct DealQuery;

#[paged]
#[Object]
impl DealQuery {
    /// One deal, by its id or its external id; null if there is none.
    async fn deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Projected<Deal>> {
        nullable(async {
            match id_or_external_id(id, external_id)? {
                Ok(id) => Projected::row(ctx, id.parse::<DealId>()?.uuid()),
                Err(external_id) => Projected::by_column(ctx, view::column(view::DealColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The deals, by default newest first.
    async fn deals(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<DealFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<DealOrderField>>,
    ) -> Result<ProjectedPage<Connection<Deal>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Deals)?;
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let sorted = OrderBy::read(order_by);
        if sorted.by == DealOrder::Value {
            within_currency("VALUE", filter.currency)?;
        }
        let cursors = order::cursors((scope, "deals", &filter), sorted);
        let listing = Listing::of(&DEAL, store::deal::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
