//! Queries about events.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use paged::paged;

use super::description::EVENT;
use super::filter::EventFilter;
use super::object::Event;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::id_or_external_id;
use crate::graphql::order::{self, OrderBy};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::EventId;
use store::view;

/// The fields by which events can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::event::EventOrder")]
pub enum EventOrderField {
    /// The time of recording.
    #[default]
    RecordedAt,
    /// The time at which they happened.
    OccurredAt,
}

#[derive(Default)]
pub struct EventQuery;

#[paged]
#[Object]
impl EventQuery {
    /// One event, by its id or its external id; null if there is none.
    async fn event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Projected<Event>> {
        nullable(async {
            match id_or_external_id(id, external_id)? {
                Ok(id) => Projected::row(ctx, id.parse::<EventId>()?.uuid()),
                Err(external_id) => Projected::by_column(ctx, view::column(view::EventColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The events, by default the last recorded first.
    async fn events(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<EventFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<EventOrderField>>,
    ) -> Result<ProjectedPage<Connection<Event>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Events)?;
        let filter = filter.unwrap_or_default();
        if filter.customer_id.is_some() || filter.customer_ids.is_some() {
            caller.staff_only()?;
        }
        let filter = Arc::new(filter.read()?);
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "events", &filter), sorted);
        let listing = Listing::of(&EVENT, store::event::list(&scope, filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
