//! Deliveries, for callers that list them and request them again.

use std::sync::Arc;

use entity::webhook_delivery::{self, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryTrait, Select};
use uuid::Uuid;

use crate::filter::one_of_words;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, row, view, write};
use auth::Scope;
use domain::Timestamp;
use domain::id::{TenantId, WebhookDeliveryId, WebhookEndpointId};
use domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookDeliveryStatus, WebhookEventType};

const TABLE: &str = "webhook_delivery";

/// Which deliveries to list. An empty list matches nothing.
#[derive(Clone, Debug, Hash)]
pub struct DeliveryFilter {
    pub endpoint: Option<WebhookEndpointId>,
    pub statuses: Option<Vec<WebhookDeliveryStatus>>,
    /// The event types that the caller may read; `None`: all.
    pub types: Option<Vec<WebhookEventType>>,
}

/// The deliveries that match the filter, newest first. GraphQL reads such lists by [`view::page`].
pub fn list(filter: Arc<DeliveryFilter>) -> view::List {
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::WEBHOOK_DELIVERY, None, select)
}

fn filtered(scope: &Scope, filter: &DeliveryFilter) -> Select<Entity> {
    let (statuses, types) = (filter.statuses.as_deref(), filter.types.as_deref());
    let condition = Condition::all()
        .add_option(filter.endpoint.map(|id| Column::EndpointId.eq(id.uuid())))
        .add_option(one_of_words(Column::Status, statuses, WebhookDeliveryStatus::as_str))
        .add_option(one_of_words(Column::EventType, types, WebhookEventType::as_str));
    visible::<Entity>(scope).filter(condition)
}

table_functions!(WebhookDelivery, WebhookDeliveryId: by_ids, lock, whole);

/// A delivery to be written.
#[derive(Debug)]
pub struct NewDelivery {
    pub delivery: WebhookDelivery,
    /// The outbox row that it reports, and the object; `None`: a test.
    pub of: Option<(i64, Uuid)>,
}

pub async fn insert(
    transaction: &Connection,
    tenant: TenantId,
    deliveries: Vec<NewDelivery>,
) -> Result<(), StoreError> {
    let rows = deliveries.into_iter().map(|new| {
        let (outbox_id, object_id) = new.of.unzip();
        let delivery = new.delivery;
        webhook_delivery::Model {
            tenant_id: tenant.uuid(),
            id: delivery.id.uuid(),
            endpoint_id: delivery.endpoint_id.uuid(),
            outbox_id,
            object_id,
            event_type: delivery.event_type.as_str().to_owned(),
            payload: delivery.payload,
            status: delivery.status.as_str().to_owned(),
            turn: 0,
            attempt_count: 0,
            attempts: row::to_json(&delivery.attempts),
            created_at: delivery.created_at,
            next_attempt_at: delivery.next_attempt_at,
        }
    });
    write::insert_all(transaction, rows).await
}

/// Which deliveries are requested again.
#[derive(Clone, Copy, Debug)]
pub enum RedeliverySelection {
    One(WebhookDeliveryId),
    /// All deliveries of an endpoint that were created since.
    Since(WebhookEndpointId, Timestamp),
}

impl RedeliverySelection {
    /// Only deliveries that have ended.
    fn condition(self) -> Condition {
        let ended = [WebhookDeliveryStatus::Delivered, WebhookDeliveryStatus::Failed];
        let which = match self {
            Self::One(id) => Condition::all().add(Column::Id.eq(id.uuid())),
            Self::Since(endpoint, since) => Condition::all()
                .add(Column::EndpointId.eq(endpoint.uuid()))
                .add(Column::CreatedAt.gte(since)),
        };
        which.add(Column::Status.is_in(ended.map(WebhookDeliveryStatus::as_str)))
    }
}

/// How many deliveries these are.
pub async fn count_again(database: &Connection, scope: &Scope, again: RedeliverySelection) -> Result<u64, StoreError> {
    let select = visible::<Entity>(scope).filter(again.condition());
    Ok(select.count(database).await?)
}

/// Begins a new turn of each: it is tried at once, and does not wait for others. Returns how many.
pub async fn begin_again(
    transaction: &Connection,
    tenant: TenantId,
    again: RedeliverySelection,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::Status, Expr::value(WebhookDeliveryStatus::Pending.as_str()))
        .col_expr(Column::Turn, Expr::col(Column::Turn).add(1))
        .col_expr(Column::AttemptCount, Expr::value(0))
        .col_expr(Column::NextAttemptAt, Expr::value(now))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(again.condition())
        .exec(transaction)
        .await?;
    Ok(done.rows_affected)
}

/// Cancels everything that is still to be sent to an endpoint.
pub async fn cancel(transaction: &Connection, tenant: TenantId, endpoint: WebhookEndpointId) -> Result<(), StoreError> {
    let never = Expr::value(Option::<Timestamp>::None);
    pending(tenant, endpoint)
        .col_expr(Column::Status, Expr::value(WebhookDeliveryStatus::Canceled.as_str()))
        .col_expr(Column::NextAttemptAt, never)
        .exec(transaction)
        .await?;
    Ok(())
}

/// Makes everything due that an endpoint has not received, oldest first; deliveries that must wait for others are
/// parked again.
pub async fn make_due(
    transaction: &Connection,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
    now: Timestamp,
) -> Result<(), StoreError> {
    pending(tenant, endpoint)
        .col_expr(Column::NextAttemptAt, Expr::value(now))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The pending deliveries of an endpoint.
pub(super) fn pending(tenant: TenantId, endpoint: WebhookEndpointId) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::EndpointId.eq(endpoint.uuid()))
        .filter(Column::Status.eq(WebhookDeliveryStatus::Pending.as_str()))
}

/// Decodes the attempts in a cell.
pub fn attempts(row: &view::Row, cell: usize) -> Result<Vec<WebhookAttempt>, StoreError> {
    row::json(TABLE, "attempts", view::json(row, cell)?)
}

fn from_row(row: webhook_delivery::Model) -> Result<WebhookDelivery, StoreError> {
    Ok(WebhookDelivery {
        id: WebhookDeliveryId::from_uuid(row.id),
        endpoint_id: WebhookEndpointId::from_uuid(row.endpoint_id),
        event_type: row::text(TABLE, "type", &row.event_type, WebhookEventType::parse)?,
        status: row::text(TABLE, "status", &row.status, WebhookDeliveryStatus::parse)?,
        payload: row.payload,
        created_at: row.created_at,
        next_attempt_at: row.next_attempt_at,
        attempts: row::json(TABLE, "attempts", row.attempts)?,
    })
}
