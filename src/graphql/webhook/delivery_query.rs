//! Queries about the deliveries of webhooks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use paged::paged;

use super::delivery::{WEBHOOK_DELIVERY, WebhookDelivery, WebhookDeliveryStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::WebhookEndpointId;
use service::webhook::readable;
use store::webhook::delivery::{self, DeliveryFilter};

#[derive(Default)]
pub struct WebhookDeliveryQuery;

#[paged]
#[Object]
impl WebhookDeliveryQuery {
    /// The webhook deliveries, newest first: those of the types whose read scope the caller has.
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only deliveries to this endpoint.")] endpoint_id: Option<ID>,
        #[graphql(desc = "Only deliveries with one of these statuses.")] status: Option<Vec<WebhookDeliveryStatus>>,
        arguments: PageArguments,
    ) -> Result<ProjectedPage<Connection<WebhookDelivery>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Webhooks)?;
        let endpoint = endpoint_id.map(|id| id.parse::<WebhookEndpointId>()).transpose()?;
        let filter = Arc::new(DeliveryFilter {
            endpoint,
            statuses: status.map(|list| list.into_iter().map(Into::into).collect()),
            types: readable(caller),
        });
        let cursors = Cursors::of((scope, "webhookDeliveries", &filter));
        projected_page(
            Listing::of(&WEBHOOK_DELIVERY, delivery::list(filter)),
            &cursors,
            &arguments,
        )
    }
}
