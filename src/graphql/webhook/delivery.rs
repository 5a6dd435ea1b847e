//! Deliveries of webhooks: what was sent, what came of it, and what waits.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::SecondsFormat;
use uuid::Uuid;

use super::endpoint::{WEBHOOK_ENDPOINT, WebhookEndpoint, WebhookEventType};
use crate::auth::Resource;
use crate::domain::id::{self, WebhookEndpointId};
use crate::domain::webhook;
use crate::graphql::connection::{Connection, PageArguments, placed};
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::rows::{self, Below, Described, Listing, Pages, PlainObject, Type, made_of, required, resolver};
use crate::graphql::scalar::{DateTime, Json};
use crate::service::webhook::{readable, resource};
use crate::store::page::Place;
use crate::store::view;
use crate::store::webhook::delivery::{self, DeliveryFilter};
use crate::store::{self, StoreError};

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

/// What came of sending a delivery once.
#[derive(Clone, Debug, SimpleObject)]
pub struct WebhookAttempt {
    /// When it was sent.
    pub at: DateTime,
    /// The HTTP status of the answer; null: there was none.
    pub status_code: Option<i32>,
    /// Why there was no answer; null: there was one.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: i32,
    /// The first kilobyte of the answer's body; null: there was no answer.
    pub answer: Option<String>,
}

impl From<&webhook::WebhookAttempt> for WebhookAttempt {
    fn from(attempt: &webhook::WebhookAttempt) -> Self {
        Self {
            at: DateTime(attempt.at),
            status_code: attempt.status_code.map(i32::from),
            error: attempt.error.clone(),
            milliseconds: i32::try_from(attempt.milliseconds).unwrap_or(i32::MAX),
            answer: attempt.answer.clone(),
        }
    }
}

impl PlainObject for WebhookAttempt {
    fn write(&self, field: &str, _: &Below<'_>, json: &mut view::Json) {
        match field {
            "at" => json.plain(self.at.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            "statusCode" => match self.status_code {
                Some(code) => json.number(code),
                None => json.null(),
            },
            "error" => json.optional_text(self.error.as_deref()),
            "milliseconds" => json.number(self.milliseconds),
            "answer" => json.optional_text(self.answer.as_deref()),
            _ => json.null(),
        }
    }
}

/// Writes the attempts that a column holds.
fn write_attempts(
    _: &RequestContext,
    row: &view::Row,
    cells: &[usize],
    below: &Below<'_>,
    json: &mut view::Json,
) -> Result<(), StoreError> {
    let attempts = delivery::attempts(row, cells[0])?;
    below.list(&attempts.iter().map(WebhookAttempt::from).collect::<Vec<_>>(), json);
    Ok(())
}

/// One thing that an endpoint is told.
#[derive(Clone)]
pub struct WebhookDelivery(Arc<webhook::WebhookDelivery>);

impl From<webhook::WebhookDelivery> for WebhookDelivery {
    fn from(delivery: webhook::WebhookDelivery) -> Self {
        Self(Arc::new(delivery))
    }
}

impl From<Arc<webhook::WebhookDelivery>> for WebhookDelivery {
    fn from(delivery: Arc<webhook::WebhookDelivery>) -> Self {
        Self(delivery)
    }
}

impl Described for WebhookDelivery {
    const TYPE: &'static Type = &WEBHOOK_DELIVERY;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// A list of them.
fn webhook_deliveries(list: view::List) -> Listing {
    Listing {
        to: &WEBHOOK_DELIVERY,
        connection: "WebhookDeliveryConnection",
        edge: "WebhookDeliveryEdge",
        list,
    }
}

pub static WEBHOOK_DELIVERY: Type = Type {
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

#[derive(Default)]
pub struct WebhookDeliveryQuery;

#[Object]
impl WebhookDeliveryQuery {
    /// The deliveries of webhooks, newest first: those of types whose read scope the caller has.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those to this endpoint.")] endpoint_id: Option<ID>,
        #[graphql(desc = "Only those that stand like one of these.")] status: Option<Vec<WebhookDeliveryStatus>>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Pages<Connection<WebhookDelivery>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Webhooks)?;
        let endpoint = endpoint_id.map(|id| id.parse::<WebhookEndpointId>()).transpose()?;
        let filter = Arc::new(DeliveryFilter {
            endpoint,
            statuses: status.map(|list| list.into_iter().map(Into::into).collect()),
            types: readable(caller),
        });
        let cursors = Cursors::of((scope, "webhookDeliveries", &filter));
        let arguments = PageArguments::new(first, after, last, before);
        let page = arguments.read(&cursors)?;
        let asked = webhook_deliveries(delivery::list(filter.clone())).asked(&page, &cursors);
        let counted = filter.clone();
        let connection = Connection::new(
            cursors,
            move |request| {
                let (page, filter) = (page.clone(), filter.clone());
                Box::pin(async move {
                    let page = delivery::page(request.store().reader(), &scope, &filter, &page).await?;
                    Ok(placed(page, |delivery| Place::of_id(delivery.id)))
                })
            },
            move |request| {
                let filter = counted.clone();
                Box::pin(async move { Ok(delivery::count(request.store().reader(), &scope, &filter).await?) })
            },
        );
        Ok(Pages::of(asked, connection))
    }
}
