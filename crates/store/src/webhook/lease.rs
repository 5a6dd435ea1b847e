//! Sending to an endpoint: which worker may, what is due, and the outcomes. One worker at a time works on an endpoint,
//! under a lease; whatever it writes, it writes under the lock of the endpoint's row, having seen that the lease is its
//! own, so that no other worker affects the order of an object's deliveries.

use entity::webhook_delivery::Column;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, QueryFilter, QueryResult, Value};
use serde::Serialize;
use uuid::Uuid;

use super::delivery::pending;
use crate::{Connection, StoreError, Transaction, many, raw, row};
use domain::Timestamp;
use domain::id::{TenantId, WebhookDeliveryId, WebhookEndpointId};
use domain::webhook::{WebhookAttempt, WebhookDeliveryStatus};

/// Maximum number of attempts that are stored for a delivery: those of its last turns.
const ATTEMPTS_KEPT: usize = 40;

/// An endpoint, and the worker that holds its lease: no two workers have the same name.
#[derive(Clone, Debug)]
pub struct EndpointLease {
    pub tenant: TenantId,
    pub endpoint: WebhookEndpointId,
    pub owner: String,
}

/// A delivery that is due.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    pub id: WebhookDeliveryId,
    pub object: Option<Uuid>,
    pub payload: String,
    /// The number of attempts in this turn so far.
    pub attempt_count: u32,
    turn: i32,
    attempts: Vec<WebhookAttempt>,
    /// An earlier delivery of its object is still pending.
    pub waits: bool,
}

/// The health of an endpoint, read under its lock.
#[derive(Clone, Debug)]
pub struct EndpointHealth {
    pub active: bool,
    pub quiet_since: Timestamp,
    pub failed_count: u32,
}

/// Makes the first pending delivery of each object due.
const POSTGRES_CALL_NEXT: &str = "UPDATE webhook_delivery SET next_attempt_at = $4
    WHERE tenant_id = $1 AND next_attempt_at IS NULL AND id = ANY(ARRAY(
        SELECT (SELECT d.id FROM webhook_delivery d WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.object_id = o.id
            AND d.status = 'PENDING' AND d.turn = 0 ORDER BY d.outbox_id LIMIT 1)
        FROM unnest($3::uuid[]) AS o (id)))";
const SQLITE_CALL_NEXT: &str = "UPDATE webhook_delivery SET next_attempt_at = $4
    WHERE tenant_id = $1 AND next_attempt_at IS NULL AND id IN (
        SELECT (SELECT d.id FROM webhook_delivery d WHERE d.tenant_id = $1 AND d.endpoint_id = $2
            AND d.object_id = unhex(o.value) AND d.status = 'PENDING' AND d.turn = 0 ORDER BY d.outbox_id LIMIT 1)
        FROM json_each($3) AS o)";

/// The outcome of an attempt at a delivery.
#[derive(Clone, Debug)]
pub struct DeliveryOutcome {
    pub due: DueDelivery,
    pub attempt: WebhookAttempt,
    pub status: WebhookDeliveryStatus,
    pub next_attempt_at: Option<Timestamp>,
}

/// The outcome as columns of the delivery's row.
#[derive(Debug, Serialize)]
struct DeliveryColumns {
    id: Uuid,
    turn: i32,
    status: &'static str,
    attempt_count: i32,
    attempts: Vec<WebhookAttempt>,
    next_attempt_at: Option<Timestamp>,
}

impl DeliveryColumns {
    fn new(outcome: DeliveryOutcome) -> Self {
        let due = outcome.due;
        let mut attempts = due.attempts;
        attempts.push(outcome.attempt);
        let superfluous = attempts.len().saturating_sub(ATTEMPTS_KEPT);
        attempts.drain(..superfluous);
        Self {
            id: due.id.uuid(),
            turn: due.turn,
            status: outcome.status.as_str(),
            attempt_count: row::signed(due.attempt_count + 1),
            attempts,
            next_attempt_at: outcome.next_attempt_at,
        }
    }
}

impl EndpointLease {
    fn key(&self) -> [Value; 2] {
        [self.tenant.uuid().into(), self.endpoint.uuid().into()]
    }

    /// Takes the lease until `until`, if nobody holds it; returns whether it is ours.
    pub async fn acquire(&self, database: &Connection, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE webhook_endpoint SET lease_owner = $3, lease_until = $4
                   WHERE tenant_id = $1 AND id = $2 AND active
                   AND (lease_until IS NULL OR lease_until <= $5)";
        let [tenant, endpoint] = self.key();
        let values = [tenant, endpoint, self.owner.clone().into(), until.into(), now.into()];
        Ok(raw::execute(database, sql, values).await? > 0)
    }

    /// Extends the lease until `until`; returns whether it is still ours.
    pub async fn renew(&self, database: &Connection, until: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE webhook_endpoint SET lease_until = $4
                   WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND active";
        let [tenant, endpoint] = self.key();
        let values = [tenant, endpoint, self.owner.clone().into(), until.into()];
        Ok(raw::execute(database, sql, values).await? > 0)
    }

    /// Releases the lease.
    pub async fn release(&self, database: &Connection) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_endpoint SET lease_owner = NULL, lease_until = NULL
                   WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3";
        let [tenant, endpoint] = self.key();
        raw::execute(database, sql, [tenant, endpoint, self.owner.clone().into()]).await?;
        Ok(())
    }

    /// Locks the endpoint, if its lease is still ours.
    pub async fn lock(&self, transaction: &Transaction) -> Result<Option<EndpointHealth>, StoreError> {
        let lock = match transaction.get_database_backend() {
            DbBackend::Postgres => " FOR UPDATE",
            _ => "",
        };
        let sql = format!(
            "SELECT active, quiet_since, failed_count FROM webhook_endpoint
             WHERE tenant_id = $1 AND id = $2 AND lease_owner = $3 AND deleted_at IS NULL{lock}"
        );
        let [tenant, endpoint] = self.key();
        let values = [tenant, endpoint, self.owner.clone().into()];
        let found = raw::first(transaction, &sql, values).await?;
        let health = |found: QueryResult| {
            Ok(EndpointHealth {
                active: found.try_get("", "active")?,
                quiet_since: found.try_get("", "quiet_since")?,
                failed_count: row::unsigned("webhook_endpoint", "failed_count", found.try_get("", "failed_count")?)?,
            })
        };
        found.map(health).transpose()
    }

    /// The deliveries that are due at `now`, the longest overdue first.
    pub async fn due(
        &self,
        database: &Connection,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let sql = format!(
            "SELECT d.id, d.object_id, d.payload, d.turn, d.attempt_count, d.attempts,
                CASE WHEN d.turn = 0 AND EXISTS (
                    SELECT 1 FROM webhook_delivery p WHERE p.tenant_id = d.tenant_id AND p.endpoint_id = d.endpoint_id
                    AND p.object_id = d.object_id AND p.outbox_id < d.outbox_id AND p.status = 'PENDING' AND p.turn = 0
                ) THEN 1 ELSE 0 END AS waits
             FROM webhook_delivery d WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.status = 'PENDING'
             AND d.next_attempt_at <= $3 ORDER BY d.next_attempt_at, d.id LIMIT {limit}"
        );
        let [tenant, endpoint] = self.key();
        let found = raw::rows(database, &sql, [tenant, endpoint, now.into()]).await?;
        found.iter().map(due).collect()
    }

    /// Parks deliveries that are not the first of their object, until [`EndpointLease::write`] makes them due.
    pub async fn park(&self, transaction: &Transaction, waiting: &[WebhookDeliveryId]) -> Result<(), StoreError> {
        let ids: Vec<_> = waiting.iter().map(|id| id.uuid()).collect();
        pending(self.tenant, self.endpoint)
            .col_expr(Column::NextAttemptAt, Expr::value(None::<Timestamp>))
            .filter(Column::Turn.eq(0))
            .filter(many::among(transaction.connection(), Column::Id, &ids))
            .exec(transaction.connection())
            .await?;
        Ok(())
    }

    /// Writes the outcomes of deliveries, except of those that were canceled meanwhile; where one has ended, the next
    /// delivery of its object becomes due.
    pub async fn write(
        &self,
        transaction: &Transaction,
        outcomes: Vec<DeliveryOutcome>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let has_ended = |outcome: &&DeliveryOutcome| outcome.status != WebhookDeliveryStatus::Pending;
        let ended = outcomes.iter().filter(has_ended);
        let objects = many::distinct(ended.filter_map(|outcome| outcome.due.object));
        let tried: Vec<_> = outcomes.into_iter().map(DeliveryColumns::new).collect();
        match transaction.get_database_backend() {
            DbBackend::Postgres => self.write_at_once(transaction, &tried).await?,
            _ => self.write_in_a_row(transaction, tried).await?,
        }
        if objects.is_empty() {
            return Ok(());
        }
        let backend = transaction.get_database_backend();
        let sql = match backend {
            DbBackend::Postgres => POSTGRES_CALL_NEXT,
            _ => SQLITE_CALL_NEXT,
        };
        let [tenant, endpoint] = self.key();
        let values = [tenant, endpoint, many::id_list(backend, &objects), now.into()];
        raw::execute(transaction, sql, values).await?;
        Ok(())
    }

    async fn write_at_once(&self, transaction: &Transaction, tried: &[DeliveryColumns]) -> Result<(), StoreError> {
        let sql =
            "UPDATE webhook_delivery d SET status = o.status, attempt_count = o.attempt_count, attempts = o.attempts,
                    next_attempt_at = o.next_attempt_at
                   FROM jsonb_to_recordset($1) AS o (id uuid, status text, attempt_count integer, attempts jsonb,
                    next_attempt_at timestamptz, turn integer)
                   WHERE d.tenant_id = $2 AND d.id = ANY($3::uuid[]) AND d.id = o.id AND d.turn = o.turn
                    AND d.status = 'PENDING'";
        let ids: Vec<_> = tried.iter().map(|tried| tried.id).collect();
        let ids = many::id_list(DbBackend::Postgres, &ids);
        raw::execute(
            transaction,
            sql,
            [row::to_json(&tried).into(), self.tenant.uuid().into(), ids],
        )
        .await?;
        Ok(())
    }

    async fn write_in_a_row(&self, transaction: &Transaction, tried: Vec<DeliveryColumns>) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_delivery SET status = $1, attempt_count = $2, attempts = $3, next_attempt_at = $4
                   WHERE tenant_id = $5 AND id = $6 AND turn = $7 AND status = 'PENDING'";
        for tried in tried {
            let values = [
                tried.status.into(),
                tried.attempt_count.into(),
                row::to_json(&tried.attempts).into(),
                tried.next_attempt_at.into(),
                self.tenant.uuid().into(),
                tried.id.into(),
                tried.turn.into(),
            ];
            raw::execute(transaction, sql, values).await?;
        }
        Ok(())
    }

    /// Writes the endpoint's health, and why it is disabled, if it is; extends the lease until `until`.
    pub async fn write_health(
        &self,
        transaction: &Transaction,
        health: &EndpointHealth,
        disabled: Option<&str>,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_endpoint SET quiet_since = $3, failed_count = $4, lease_until = $5
                   WHERE tenant_id = $1 AND id = $2";
        let [tenant, endpoint] = self.key();
        let failed = row::signed(health.failed_count);
        let values = [tenant, endpoint, health.quiet_since.into(), failed.into(), until.into()];
        raw::execute(transaction, sql, values).await?;
        if let Some(reason) = disabled {
            let sql = "UPDATE webhook_endpoint SET active = FALSE, disabled_reason = $3, updated_at = $4
                       WHERE tenant_id = $1 AND id = $2";
            let [tenant, endpoint] = self.key();
            raw::execute(transaction, sql, [tenant, endpoint, reason.into(), now.into()]).await?;
        }
        Ok(())
    }
}

fn due(found: &QueryResult) -> Result<DueDelivery, StoreError> {
    const TABLE: &str = "webhook_delivery";
    let count: i32 = found.try_get("", "attempt_count")?;
    let read = || -> Result<_, DbErr> {
        Ok(DueDelivery {
            id: WebhookDeliveryId::from_uuid(found.try_get("", "id")?),
            object: found.try_get("", "object_id")?,
            payload: found.try_get("", "payload")?,
            turn: found.try_get("", "turn")?,
            attempt_count: 0,
            attempts: Vec::new(),
            waits: found.try_get::<i32>("", "waits")? > 0,
        })
    };
    Ok(DueDelivery {
        attempt_count: row::unsigned(TABLE, "attempt_count", count)?,
        attempts: row::json(TABLE, "attempts", found.try_get("", "attempts")?)?,
        ..read()?
    })
}
