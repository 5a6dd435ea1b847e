//! The work for webhooks, in all tenants: which endpoints there are, which of them have something to be sent, and what
//! may be deleted. Everything found is read again, with its tenant's scope, before anything is done to it.

use std::collections::HashMap;

use sea_orm::{DbErr, QueryResult, Value};

use crate::outbox::OutboxPosition;
use crate::{Connection, StoreError, Transaction, raw, row};
use domain::Timestamp;
use domain::id::{TenantId, WebhookDeliveryId, WebhookEndpointId};
use domain::webhook::WebhookEventType;

const TABLE: &str = "webhook_endpoint";

/// An endpoint that is notified of events.
#[derive(Debug)]
pub struct Subscriber {
    pub endpoint: WebhookEndpointId,
    /// Empty: all types.
    types: Vec<WebhookEventType>,
    since: OutboxPosition,
}

impl Subscriber {
    /// Whether it is to be notified of a row of the outbox.
    pub fn receives(&self, event_type: WebhookEventType, id: i64, transaction: Option<i64>) -> bool {
        (self.types.is_empty() || self.types.contains(&event_type)) && self.since.is_before(id, transaction)
    }

    /// The position after which it is notified.
    pub fn since(&self) -> &OutboxPosition {
        &self.since
    }
}

fn ids(row: &QueryResult) -> Result<(TenantId, WebhookEndpointId), DbErr> {
    Ok((
        TenantId::from_uuid(row.try_get("", "tenant_id")?),
        WebhookEndpointId::from_uuid(row.try_get("", "id")?),
    ))
}

/// Whether there is any endpoint that is not deleted.
pub async fn has_subscribers(database: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM webhook_endpoint WHERE deleted_at IS NULL LIMIT 1";
    Ok(!raw::rows(database, sql, []).await?.is_empty())
}

/// Whether there is anything that will have to be deleted some day.
pub async fn has_endpoints(database: &Connection) -> Result<bool, StoreError> {
    Ok(!raw::rows(database, "SELECT 1 FROM webhook_endpoint LIMIT 1", [])
        .await?
        .is_empty())
}

/// The endpoints that are notified of events, including those that are sent nothing at present.
pub async fn subscribers(database: &Connection) -> Result<HashMap<TenantId, Vec<Subscriber>>, StoreError> {
    let sql = "SELECT tenant_id, id, event_types, listens_since FROM webhook_endpoint WHERE deleted_at IS NULL";
    let mut subscribers: HashMap<_, Vec<_>> = HashMap::new();
    for found in raw::rows(database, sql, []).await? {
        let (tenant, endpoint) = ids(&found)?;
        let since: String = found.try_get("", "listens_since")?;
        subscribers.entry(tenant).or_default().push(Subscriber {
            endpoint,
            types: row::json(TABLE, "event_types", found.try_get("", "event_types")?)?,
            since: row::text(TABLE, "listens_since", &since, OutboxPosition::parse)?,
        });
    }
    Ok(subscribers)
}

/// Endpoints with due deliveries that no worker holds.
pub async fn due(
    database: &Connection,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(TenantId, WebhookEndpointId)>, StoreError> {
    let sql = format!(
        "SELECT e.tenant_id, e.id FROM webhook_endpoint e
         WHERE e.active AND e.deleted_at IS NULL AND (e.lease_until IS NULL OR e.lease_until <= $1) AND EXISTS (
            SELECT 1 FROM webhook_delivery d WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id
            AND d.status = 'PENDING' AND d.next_attempt_at <= $1)
         LIMIT {limit}"
    );
    let found = raw::rows(database, &sql, [now.into()]).await?;
    Ok(found.iter().map(ids).collect::<Result<_, DbErr>>()?)
}

/// How many deliveries of active endpoints wait for their next attempt, or for an earlier delivery.
pub async fn pending(database: &Connection) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS number FROM webhook_endpoint e JOIN webhook_delivery d
               ON d.tenant_id = e.tenant_id AND d.endpoint_id = e.id AND d.status = 'PENDING' WHERE e.active";
    let found = raw::rows(database, sql, []).await?;
    Ok(found
        .first()
        .map(|row| row.try_get("", "number"))
        .transpose()?
        .unwrap_or(0))
}

/// Since when the longest overdue delivery of an active endpoint has been due; `None`: nothing is due.
pub async fn due_since(database: &Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT first.at FROM (
                SELECT (SELECT d.next_attempt_at FROM webhook_delivery d WHERE d.tenant_id = e.tenant_id
                    AND d.endpoint_id = e.id AND d.status = 'PENDING' AND d.next_attempt_at <= $1
                    ORDER BY d.next_attempt_at LIMIT 1) AS at
                FROM webhook_endpoint e WHERE e.active AND e.deleted_at IS NULL
               ) AS first WHERE first.at IS NOT NULL ORDER BY first.at LIMIT 1";
    let found = raw::rows(database, sql, [now.into()]).await?;
    Ok(found.first().map(|row| row.try_get("", "at")).transpose()?)
}

/// Deletes up to `limit` deliveries of each endpoint from before `before`, and deleted endpoints to which none refers.
/// Returns how many deliveries.
pub async fn prune(transaction: &Transaction, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
    // Ids begin with their time.
    let bound = WebhookDeliveryId::from_parts(before, 0, 0).uuid();
    let mut pruned = 0;
    for found in raw::rows(transaction, "SELECT tenant_id, id FROM webhook_endpoint", []).await? {
        let (tenant, endpoint) = ids(&found)?;
        let sql = format!(
            "DELETE FROM webhook_delivery WHERE tenant_id = $1 AND id IN (
                SELECT id FROM webhook_delivery WHERE tenant_id = $1 AND endpoint_id = $2 AND id < $3 ORDER BY id LIMIT {limit})"
        );
        let values: [Value; 3] = [tenant.uuid().into(), endpoint.uuid().into(), bound.into()];
        pruned += raw::execute(transaction, &sql, values).await?;
    }
    let sql = "DELETE FROM webhook_endpoint WHERE deleted_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM webhook_delivery d WHERE d.tenant_id = webhook_endpoint.tenant_id
                AND d.endpoint_id = webhook_endpoint.id)";
    raw::execute(transaction, sql, []).await?;
    Ok(pruned)
}
