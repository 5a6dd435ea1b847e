//! Reading the outbox: for all tenants, since one follower serves them all, and one job fans out. Everything is read
//! again with the scope of the listener, or of its tenant, before any of it is shown.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::CommissionChange;
use super::position::{OutboxPosition, SnapshotRange};
use crate::{Connection, StoreError, raw, row};
use domain::Timestamp;
use domain::id::{CommissionId, PartnerId, TenantId};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;

/// Maximum number of rows per read.
const MAX_ROWS: usize = 500;

/// What was read at once.
pub struct OutboxRead<T> {
    /// In the order of ids, which is the order of writing where one transaction waited for another.
    pub rows: Vec<T>,
    /// Whether there are no more rows.
    pub is_whole: bool,
}

/// A row of the outbox.
#[derive(Debug)]
pub struct OutboxRow {
    pub tenant: TenantId,
    /// Ascending for each object.
    pub id: i64,
    /// The transaction that wrote it; `None` on SQLite.
    pub transaction: Option<i64>,
    pub outbox_event: OutboxEvent,
}

/// Which columns are read besides a row's id, and from which other tables.
struct RowQuery<T> {
    columns: &'static str,
    join: &'static str,
    read: fn(i64, &QueryResult) -> Result<T, StoreError>,
}

/// Changes of commissions. Ids are unique across all kinds of objects, so that the join leaves out all others.
const CHANGES: RowQuery<CommissionChange> = RowQuery {
    columns: "c.id AS commission_id, c.partner_id, o.at",
    join: "JOIN commission c ON c.tenant_id = o.tenant_id AND c.id = o.object_id",
    read: |id, row| {
        let uuid = |column| row.try_get::<Uuid>("", column);
        Ok(CommissionChange {
            id,
            transaction: row.try_get("", "transaction_number").ok().flatten(),
            at: row.try_get("", "at")?,
            tenant: TenantId::from_uuid(uuid("tenant_id")?),
            partner: PartnerId::from_uuid(uuid("partner_id")?),
            commission: CommissionId::from_uuid(uuid("commission_id")?),
        })
    },
};

/// Everything.
const ENTRIES: RowQuery<OutboxRow> = RowQuery {
    columns: "o.type, o.object_id, o.at, o.detail",
    join: "",
    read: |id, found| {
        let event_type: String = found.try_get("", "type")?;
        Ok(OutboxRow {
            tenant: TenantId::from_uuid(found.try_get("", "tenant_id")?),
            id,
            transaction: found.try_get("", "transaction_number").ok().flatten(),
            outbox_event: OutboxEvent {
                event_type: row::text("outbox", "type", &event_type, WebhookEventType::parse)?,
                object: found.try_get("", "object_id")?,
                at: found.try_get::<Timestamp>("", "at")?,
                detail: found.try_get::<Option<Value>>("", "detail")?,
            },
        })
    },
};

/// The coordinator's snapshot, where rows are distributed over several servers. The coordinator's disk has nothing of a
/// transaction that wrote elsewhere only, and after a crash it might assign the same number again; what this statement
/// writes, and waits for, comes after everything that the snapshot shows.
const COORDINATOR: &str =
    "SELECT pg_current_snapshot()::text AS now, pg_logical_emit_message(true, 'tributary_outbox', '')::text AS written";

impl OutboxPosition {
    /// After everything that is committed at present.
    pub async fn at_end(database: &Connection) -> Result<Self, StoreError> {
        let backend = database.get_database_backend();
        let sql = match backend {
            DbBackend::Postgres if database.is_distributed() => COORDINATOR,
            DbBackend::Postgres => "SELECT pg_current_snapshot()::text AS now",
            // Ids of rows that were pruned are not reused.
            _ => "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0) AS now",
        };
        let row = database.query_one_raw(Statement::from_string(backend, sql)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the end of the outbox".to_owned()))?;
        Ok(match backend {
            DbBackend::Postgres => Self::Between(SnapshotRange::behind(row.try_get("", "now")?)),
            _ => Self::Behind(row.try_get("", "now")?),
        })
    }

    /// Reads the next changes for subscriptions.
    pub async fn changes(&mut self, database: &Connection) -> Result<OutboxRead<CommissionChange>, StoreError> {
        self.read(database, &CHANGES).await
    }

    /// Reads the next rows of every kind.
    pub async fn entries(&mut self, database: &Connection) -> Result<OutboxRead<OutboxRow>, StoreError> {
        self.read(database, &ENTRIES).await
    }

    /// When the first row after this position was written; `None`: there is none.
    pub async fn next_at(&self, database: &Connection) -> Result<Option<Timestamp>, StoreError> {
        let (sql, values) = match self {
            Self::Behind(last) => {
                let sql = "SELECT at FROM outbox WHERE id > $1 ORDER BY id LIMIT 1".to_owned();
                (sql, vec![(*last).into()])
            }
            Self::Between(range) => {
                let is_own = own(database);
                let sql = format!(
                    "SELECT o.at FROM outbox o WHERE (o.transaction_number, o.id) > ($1, 0) AND o.id > $2
                      AND NOT pg_visible_in_snapshot(o.transaction_number::text::xid8, $3::text::pg_snapshot)
                      AND {is_own}
                     ORDER BY o.transaction_number, o.id LIMIT 1"
                );
                (
                    sql,
                    vec![range.oldest().into(), range.after.into(), range.seen.clone().into()],
                )
            }
        };
        let found = raw::first(database, &sql, values).await?;
        Ok(found.map(|found| found.try_get("", "at")).transpose()?)
    }

    async fn read<T>(&mut self, database: &Connection, form: &RowQuery<T>) -> Result<OutboxRead<T>, StoreError> {
        let mut rows = match self {
            Self::Behind(last) => behind(database, last, form).await?,
            Self::Between(snapshots) => between(database, snapshots, form).await?,
        };
        rows.sort_unstable_by_key(|(id, _)| *id);
        Ok(OutboxRead {
            is_whole: rows.len() < MAX_ROWS,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        })
    }
}

/// Whether the row `o` was written by the transaction that it names. A row that was restored from a dump, or
/// replicated, names a transaction of another server: only where the system column `xmin` agrees was the row written by
/// that transaction. `xmin` is of the server that has the row, so that it says nothing where rows are distributed over
/// several.
fn own(database: &Connection) -> &'static str {
    match database.is_distributed() {
        true => "TRUE",
        false => "o.xmin::text::bigint = o.transaction_number & 4294967295",
    }
}

/// Reads what was committed after an id, and moves it on.
async fn behind<T>(
    database: &Connection,
    last: &mut i64,
    RowQuery { columns, join, read }: &RowQuery<T>,
) -> Result<Vec<(i64, T)>, StoreError> {
    let sql = format!(
        "SELECT o.id, o.tenant_id, {columns} FROM outbox o {join} WHERE o.id > $1 ORDER BY o.id LIMIT {MAX_ROWS}"
    );
    let found = raw::rows(database, &sql, [(*last).into()]).await?;
    let rows = found.iter().map(|row| {
        let id = row.try_get("", "id")?;
        Ok((id, read(id, row)?))
    });
    let rows: Vec<_> = rows.collect::<Result<_, StoreError>>()?;
    if let Some((id, _)) = rows.last() {
        *last = *id;
    }
    Ok(rows)
}

/// Reads what was committed between two snapshots, in the order of ids, and moves to the later one. Where none is named,
/// the later one is the present one, which is returned even if there are no rows.
async fn between<T>(
    database: &Connection,
    snapshots: &mut SnapshotRange,
    form: &RowQuery<T>,
) -> Result<Vec<(i64, T)>, StoreError> {
    if snapshots.until.is_none() {
        let (now, rows) = match database.is_distributed() {
            true => across(database, snapshots, form).await?,
            false => up_to_now(database, snapshots, form).await?,
        };
        if rows.len() <= MAX_ROWS {
            snapshots.advance(now, None);
            return Ok(rows);
        }
        // It is read page by page: these rows are not the ones with the smallest ids.
        snapshots.after = before_all(database, snapshots, &now).await?;
        snapshots.until = Some(now);
    }
    let until = snapshots.until.clone().unwrap_or_default();
    let RowQuery { columns, join, .. } = form;
    let is_own = own(database);
    let sql = format!(
        "SELECT o.id, o.transaction_number, o.tenant_id, {columns} FROM outbox o {join}
         WHERE o.id > $1
             AND NOT pg_visible_in_snapshot(o.transaction_number::text::xid8, $2::text::pg_snapshot)
             AND pg_visible_in_snapshot(o.transaction_number::text::xid8, $3::text::pg_snapshot)
             AND {is_own}
         ORDER BY o.id LIMIT {MAX_ROWS}"
    );
    let values = [
        snapshots.after.into(),
        snapshots.seen.clone().into(),
        until.clone().into(),
    ];
    let found = raw::rows(database, &sql, values).await?;
    let rows = decoded(found.iter(), form)?;
    let last = rows.last().map(|(id, _)| *id);
    snapshots.advance(until, last.filter(|_| rows.len() == MAX_ROWS));
    Ok(rows)
}

/// The id before those of all rows between the two snapshots.
async fn before_all(database: &Connection, snapshots: &SnapshotRange, until: &str) -> Result<i64, StoreError> {
    let is_own = own(database);
    let sql = format!(
        "SELECT min(found.id) AS least FROM (
             SELECT o.id FROM outbox o WHERE (o.transaction_number, o.id) > ($1, 0)
                 AND NOT pg_visible_in_snapshot(o.transaction_number::text::xid8, $2::text::pg_snapshot)
                 AND pg_visible_in_snapshot(o.transaction_number::text::xid8, $3::text::pg_snapshot)
                 AND {is_own}
             ORDER BY o.transaction_number, o.id OFFSET 0
         ) found"
    );
    let values = [
        snapshots.oldest().into(),
        snapshots.seen.clone().into(),
        until.to_owned().into(),
    ];
    let found = raw::first(database, &sql, values).await?;
    let least: Option<i64> = found.map(|found| found.try_get("", "least")).transpose()?.flatten();
    Ok(least.map_or(0, |least| least - 1))
}

/// The present snapshot, and what was committed between the one before and it: one row more than a page has, if there
/// are as many.
async fn up_to_now<T>(
    database: &Connection,
    snapshots: &SnapshotRange,
    form: &RowQuery<T>,
) -> Result<(String, Vec<(i64, T)>), StoreError> {
    let RowQuery { columns, join, .. } = form;
    let (is_own, most) = (own(database), MAX_ROWS + 1);
    let sql = format!(
        "SELECT m.now, r.* FROM (SELECT pg_current_snapshot()::text AS now) m LEFT JOIN LATERAL (
            SELECT o.id, o.transaction_number, o.tenant_id, {columns} FROM outbox o {join}
            WHERE (o.transaction_number, o.id) > ($1, 0)
                AND NOT pg_visible_in_snapshot(o.transaction_number::text::xid8, $2::text::pg_snapshot)
                AND pg_visible_in_snapshot(o.transaction_number::text::xid8, pg_current_snapshot())
                AND {is_own}
            ORDER BY o.transaction_number, o.id LIMIT {most}
        ) r ON TRUE"
    );
    let found = raw::rows(
        database,
        &sql,
        [snapshots.oldest().into(), snapshots.seen.clone().into()],
    )
    .await?;
    let now = present(found.first())?;
    let is_row = |row: &&QueryResult| row.try_get::<i64>("", "transaction_number").is_ok();
    Ok((now, decoded(found.iter().filter(is_row), form)?))
}

/// Like [`up_to_now`] where rows are distributed over several servers: none of them knows the coordinator's snapshot,
/// which is taken first.
async fn across<T>(
    database: &Connection,
    snapshots: &SnapshotRange,
    form: &RowQuery<T>,
) -> Result<(String, Vec<(i64, T)>), StoreError> {
    let taken = Statement::from_string(DbBackend::Postgres, COORDINATOR);
    let now = present(database.query_one_raw(taken).await?.as_ref())?;
    let (RowQuery { columns, join, .. }, most) = (form, MAX_ROWS + 1);
    let sql = format!(
        "SELECT o.id, o.transaction_number, o.tenant_id, {columns} FROM outbox o {join}
         WHERE (o.transaction_number, o.id) > ($1, 0)
             AND NOT pg_visible_in_snapshot(o.transaction_number::text::xid8, $2::text::pg_snapshot)
             AND pg_visible_in_snapshot(o.transaction_number::text::xid8, $3::text::pg_snapshot)
         ORDER BY o.transaction_number, o.id LIMIT {most}"
    );
    let values = [
        snapshots.oldest().into(),
        snapshots.seen.clone().into(),
        now.clone().into(),
    ];
    let found = raw::rows(database, &sql, values).await?;
    Ok((now, decoded(found.iter(), form)?))
}

/// The present snapshot, as a row reports it.
fn present(row: Option<&QueryResult>) -> Result<String, StoreError> {
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the present snapshot".to_owned()))?;
    Ok(row.try_get("", "now")?)
}

fn decoded<'a, T>(
    found: impl Iterator<Item = &'a QueryResult>,
    form: &RowQuery<T>,
) -> Result<Vec<(i64, T)>, StoreError> {
    let rows = found.map(|row| {
        let id = row.try_get("", "id")?;
        Ok((id, (form.read)(id, row)?))
    });
    rows.collect()
}
