//! Reading the outbox: of all tenants, since one follower serves them all. What is heard is read again with the
//! listener's scope before anything of it is shown.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use uuid::Uuid;

use super::Change;
use super::position::{Position, Snapshots};
use crate::domain::id::{CommissionId, PartnerId, TenantId};
use crate::store::StoreError;

/// How many rows are read at once.
const MOST: usize = 500;

/// What one statement found.
pub struct Reading {
    /// In the order of ids, which is that of writing where one transaction waited for another.
    pub changes: Vec<Change>,
    /// Whether this is all there is.
    pub is_whole: bool,
}

impl Position {
    /// Behind all that is committed at present.
    pub async fn at_end(database: &impl ConnectionTrait) -> Result<Self, StoreError> {
        let backend = database.get_database_backend();
        let sql = match backend {
            DbBackend::Postgres => "SELECT pg_current_snapshot()::text AS now",
            _ => "SELECT COALESCE(MAX(id), 0) AS now FROM outbox",
        };
        let row = database.query_one_raw(Statement::from_string(backend, sql)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the end of the outbox".to_owned()))?;
        Ok(match backend {
            DbBackend::Postgres => Self::Between(Snapshots::behind(row.try_get("", "now")?)),
            _ => Self::Behind(row.try_get("", "now")?),
        })
    }

    /// Reads on.
    pub async fn read(&mut self, database: &impl ConnectionTrait) -> Result<Reading, StoreError> {
        let mut rows = match self {
            Self::Behind(last) => behind(database, last).await?,
            Self::Between(snapshots) => between(database, snapshots).await?,
        };
        rows.sort_unstable_by_key(|(id, _)| *id);
        Ok(Reading {
            is_whole: rows.len() < MOST,
            changes: rows.into_iter().map(|(_, change)| change).collect(),
        })
    }
}

/// What was committed behind an id, and goes there.
async fn behind(database: &impl ConnectionTrait, last: &mut i64) -> Result<Vec<(i64, Change)>, StoreError> {
    let sql = format!(
        "SELECT o.id, o.tenant_id, o.commission_id, c.partner_id
         FROM outbox o JOIN commission c ON c.tenant_id = o.tenant_id AND c.id = o.commission_id
         WHERE o.id > $1 ORDER BY o.id LIMIT {MOST}"
    );
    let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, [(*last).into()]);
    let found = database.query_all_raw(statement).await?;
    let rows: Vec<_> = found.iter().map(change).collect::<Result<_, DbErr>>()?;
    if let Some((id, _)) = rows.last() {
        *last = *id;
    }
    Ok(rows)
}

/// What was committed between two snapshots, and goes to the later one. The statement's own is the later one where none
/// is named; it is said even where there are no rows. A row that was restored from a dump, or replicated, names a
/// transaction of another server: only where the system's own mark agrees was the row written by that transaction.
async fn between(database: &impl ConnectionTrait, snapshots: &mut Snapshots) -> Result<Vec<(i64, Change)>, StoreError> {
    let sql = format!(
        "SELECT m.now, r.* FROM (SELECT pg_current_snapshot()::text AS now) m LEFT JOIN LATERAL (
            SELECT o.id, o.transaction_number, o.tenant_id, o.commission_id, c.partner_id
            FROM outbox o JOIN commission c ON c.tenant_id = o.tenant_id AND c.id = o.commission_id
            WHERE (o.transaction_number, o.id) > ($1, $2)
                AND NOT pg_visible_in_snapshot(o.transaction_number::text::xid8, $3::text::pg_snapshot)
                AND pg_visible_in_snapshot(o.transaction_number::text::xid8,
                    COALESCE($4::text::pg_snapshot, pg_current_snapshot()))
                AND o.xmin::text::bigint = o.transaction_number & 4294967295
            ORDER BY o.transaction_number, o.id LIMIT {MOST}
        ) r ON TRUE"
    );
    let (transaction, id) = snapshots.after;
    let values = [
        transaction.into(),
        id.into(),
        snapshots.seen.clone().into(),
        snapshots.until.clone().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = database.query_all_raw(statement).await?;
    let (mut rows, mut last, mut now) = (Vec::with_capacity(found.len()), None, None);
    for row in &found {
        now = Some(row.try_get("", "now")?);
        if let Some(number) = row.try_get("", "transaction_number")? {
            let (id, change) = change(row)?;
            last = last.max(Some((number, id)));
            rows.push((id, change));
        }
    }
    let now = now.ok_or_else(|| DbErr::RecordNotFound("the present snapshot".to_owned()))?;
    snapshots.advance(now, last.filter(|_| rows.len() == MOST));
    Ok(rows)
}

fn change(row: &QueryResult) -> Result<(i64, Change), DbErr> {
    let uuid = |column| row.try_get::<Uuid>("", column);
    let change = Change {
        tenant: TenantId::from_uuid(uuid("tenant_id")?),
        partner: PartnerId::from_uuid(uuid("partner_id")?),
        commission: CommissionId::from_uuid(uuid("commission_id")?),
    };
    Ok((row.try_get("", "id")?, change))
}
