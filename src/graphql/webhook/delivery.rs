//! Deliveries of webhooks as they are read: what was sent, what came of it, and what waits.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use uuid::Uuid;

use super::attempt::{WebhookAttempt, write_attempts};
use super::endpoint::{WEBHOOK_ENDPOINT, WebhookEndpoint, WebhookEventType};
use crate::auth::Resource;
use crate::domain::{id, webhook};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::rows::{self, Listing, RowObject, TypeDescription, made_of, required, resolver};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::shared::shares;
use crate::service::webhook::resource;
use crate::store::{self, StoreError, view};

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

/// A list of them.
pub(super) fn webhook_deliveries(list: view::List) -> Listing {
    Listing {
        to: &WEBHOOK_DELIVERY,
        connection: "WebhookDeliveryConnection",
        edge: "WebhookDeliveryEdge",
        list,
    }
}

pub static WEBHOOK_DELIVERY: TypeDescription = TypeDescription {
    name: "WebhookDelivery",
    resource: Resource::Webhooks,
    identity: &[],
    is_named: false,
    table: &view::WEBHOOK_DELIVERY,
    id: || view::column(view::WebhookDeliveryColumn::Id),
    field: |name| {
        use view::WebhookDeliveryColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::WebhookDelivery>),
            "endpoint" => required(view::column(Column::EndpointId), &WEBHOOK_ENDPOINT),
            "type" => value(Column::EventType, view::word!(webhook::WebhookEventType)),
            "status" => value(Column::Status, view::word!(webhook::WebhookDeliveryStatus)),
            "payload" => resolver(|row, prefix| {
                let delivery = store::webhook::delivery::whole(row, prefix)?;
                Ok(Box::new(WebhookDelivery::from(delivery)))
            }),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "nextAttemptAt" => value(Column::NextAttemptAt, view::moment),
            "attempts" => made_of(view::column(Column::Attempts), write_attempts),
            _ => return None,
        })
    },
};

/// One thing that an endpoint is told. Deliveries are kept for 30 days.
#[Object]
impl WebhookDelivery {
    /// Its id, which is the message's `webhook-id`: the same at every attempt.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where it goes.
    async fn endpoint(&self, ctx: &Context<'_>) -> Result<WebhookEndpoint, ApiError> {
        request(ctx).caller.read(Resource::Webhooks)?;
        WebhookEndpoint::named(ctx, self.0.endpoint_id).await
    }

    /// What happened.
    #[graphql(name = "type")]
    async fn event_type(&self) -> WebhookEventType {
        self.0.event_type.into()
    }

    /// How far it is.
    async fn status(&self) -> WebhookDeliveryStatus {
        self.0.status.into()
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

    /// When it was made, soon after what it tells of.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it is tried next, if its endpoint is active; null: it has come to its end, or waits for an earlier one about
    /// the same object.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.next_attempt_at.map(DateTime)
    }

    /// What came of sending it, in order; the last 40 times.
    async fn attempts(&self) -> Vec<WebhookAttempt> {
        self.0.attempts.iter().map(WebhookAttempt::from).collect()
    }
}
