//! Webhook deliveries as output types: what was sent, with which result, and what is still to be sent.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID};
use uuid::Uuid;

use super::attempt::WebhookAttempt;
use super::endpoint::{WEBHOOK_ENDPOINT, WebhookEndpoint, WebhookEventType};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::rows::{RowObject, TypeDescription, declare, made_of, required, resolver, value};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::shared::shares;
use auth::Resource;
use domain::{id, webhook};
use service::webhook::resource;
use store::view::WebhookDeliveryColumn as Column;
use store::{StoreError, view};

/// The status of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::WebhookDeliveryStatus")]
pub enum WebhookDeliveryStatus {
    /// It will be sent, or retried, once earlier deliveries about the same object are finished.
    Pending,
    /// The receiver responded with a status from 200 to 299.
    Delivered,
    /// All ten attempts failed.
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

declare! {
    /// A message to a webhook endpoint. Deliveries are kept for 30 days.
    pub static WEBHOOK_DELIVERY: WebhookDelivery = TypeDescription {
        resource: Resource::Webhooks,
        identity: &[],
        is_named: false,
        table: &view::WEBHOOK_DELIVERY,
        id: || view::column(Column::Id),
    };

    /// Its id, which is also the message's `webhook-id`: the same for every attempt.
    "id": ID = value(Column::Id, view::id::<id::WebhookDelivery>);
    /// The endpoint to which it is sent.
    "endpoint": WebhookEndpoint = required(Column::EndpointId, &WEBHOOK_ENDPOINT);
    /// The type of the event.
    "type": WebhookEventType = value(Column::EventType, view::word!(webhook::WebhookEventType));
    /// Its status.
    "status": WebhookDeliveryStatus = value(Column::Status, view::word!(webhook::WebhookDeliveryStatus));
    "payload" = resolver(|row, prefix| {
        let delivery = store::webhook::delivery::whole(row, prefix)?;
        Ok(Box::new(WebhookDelivery::from(delivery)))
    });
    /// When it was created, soon after the event.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When the next attempt is due, if the endpoint is active; null if the delivery is finished, or waits for an
    /// earlier one about the same object.
    "nextAttemptAt": Option<DateTime> = value(Column::NextAttemptAt, view::moment);
    /// The last 40 attempts to send it, oldest first.
    "attempts": Vec<WebhookAttempt> = made_of(Column::Attempts, |_, row, cells, below, json| {
        below.stored::<WebhookAttempt, _>(store::webhook::delivery::attempts(row, cells[0]), json)
    });
}

#[ComplexObject]
impl WebhookDelivery {
    /// The body of the message, as sent. Also needs the read scope of its subject.
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
