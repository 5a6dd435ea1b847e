//! Webhook deliveries as output types: what was sent, with which result, and what is still to be sent.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID};
use uuid::Uuid;

use super::attempt::{WebhookAttempt, write_attempts};
use super::endpoint::{WEBHOOK_ENDPOINT, WebhookEndpoint, WebhookEventType};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::rows::{Listing, RowObject, TypeDescription, declare, made_of, required, resolver, value};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::shared::shares;
use auth::Resource;
use domain::{id, webhook};
use service::webhook::resource;
use store::view::WebhookDeliveryColumn as Column;
use store::{StoreError, view};

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::WebhookDeliveryStatus")]
pub enum WebhookDeliveryStatus {
    /// It will be tried, or tried again, as soon as what is before it about the same object has come to its end.
    Pending,
    /// The receiver has answered with a status from 200 to 299.
    Delivered,
    /// The tenth attempt failed, too.
    Failed,
    /// Its endpoint was deleted.
    Canceled,
}

/// One thing that an endpoint is told.
#[derive(Clone)]
pub struct WebhookDelivery(Arc<webhook::WebhookDelivery>);

shares!(WebhookDelivery, webhook::WebhookDelivery);

impl RowObject for WebhookDelivery {
    const TYPE: &'static TypeDescription = &WEBHOOK_DELIVERY;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// A list of webhook deliveries.
pub(super) fn webhook_deliveries(list: view::List) -> Listing {
    Listing {
        to: &WEBHOOK_DELIVERY,
        connection: "WebhookDeliveryConnection",
        edge: "WebhookDeliveryEdge",
        list,
    }
}

declare! {
    /// One thing that an endpoint is told. Deliveries are kept for 30 days.
    pub static WEBHOOK_DELIVERY: WebhookDelivery = TypeDescription {
        resource: Resource::Webhooks,
        identity: &[],
        is_named: false,
        table: &view::WEBHOOK_DELIVERY,
        id: || view::column(Column::Id),
    };

    /// Its id, which is the message's `webhook-id`: the same at every attempt.
    "id": ID = value(Column::Id, view::id::<id::WebhookDelivery>);
    "endpoint" = required(Column::EndpointId, &WEBHOOK_ENDPOINT);
    /// What happened.
    "type": WebhookEventType = value(Column::EventType, view::word!(webhook::WebhookEventType));
    /// How far it is.
    "status": WebhookDeliveryStatus = value(Column::Status, view::word!(webhook::WebhookDeliveryStatus));
    "payload" = resolver(|row, prefix| {
        let delivery = store::webhook::delivery::whole(row, prefix)?;
        Ok(Box::new(WebhookDelivery::from(delivery)))
    });
    /// When it was made, soon after what it tells of.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it is tried next, if its endpoint is active; null: it has come to its end, or waits for an earlier one about
    /// the same object.
    "nextAttemptAt": Option<DateTime> = value(Column::NextAttemptAt, view::moment);
    /// What came of sending it, in order; the last 40 times.
    "attempts": Vec<WebhookAttempt> = made_of(Column::Attempts, write_attempts);
}

#[ComplexObject]
impl WebhookDelivery {
    /// Where it goes.
    async fn endpoint(&self, ctx: &Context<'_>) -> Result<WebhookEndpoint, ApiError> {
        request(ctx).caller.read(Resource::Webhooks)?;
        WebhookEndpoint::named(ctx, self.0.endpoint_id).await
    }

    /// The message, as it is sent. Needs the read scope of what it is about, too.
    async fn payload(&self, ctx: &Context<'_>) -> Result<Json, ApiError> {
        let caller = &request(ctx).caller;
        caller.read(Resource::Webhooks)?;
        caller.read(resource(self.0.event_type))?;
        let payload = serde_json::from_str(&self.0.payload).map_err(|_| StoreError::Corrupt {
            table: "webhook_delivery",
            column: "payload",
            value: self.0.id.to_string(),
        })?;
        Ok(Json(payload))
    }
}
