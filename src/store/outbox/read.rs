//! Reading the outbox: of all tenants, since one follower serves them all. What is heard is read again with the
//! listener's scope before anything of it is shown.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use super::Change;
use super::position::{Moment, Position};
use crate::domain::id::{CommissionId, PartnerId, TenantId};
use crate::store::StoreError;

/// How many rows are read at once.
pub const MOST: usize = 500;

/// What one statement saw.
pub struct Reading {
    pub moment: Moment,
    /// In the order of ids.
    pub rows: Vec<(i64, Change)>,
}

impl Reading {
    /// Whether this is all there is.
    pub fn is_whole(&self) -> bool {
        self.rows.len() < MOST
    }
}

/// The highest id at present; 0 if there is none.
pub async fn end(database: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(id), 0) AS id FROM outbox";
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(statement).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "id"))?)
}

/// Rows that were not read yet. One statement, so that rows and transactions are seen at the same moment.
pub async fn some(database: &impl ConnectionTrait, position: &Position) -> Result<Reading, StoreError> {
    let backend = database.get_database_backend();
    let (condition, values) = unread(position);
    let changes = "outbox o JOIN commission c ON c.tenant_id = o.tenant_id AND c.id = o.commission_id";
    let columns = "o.id, o.tenant_id, o.commission_id, c.partner_id";
    let sql = if backend == DbBackend::Postgres {
        // Without any row there is still the moment.
        format!(
            "SELECT m.oldest, m.next, {columns} FROM (
                SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
                    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next
            ) m LEFT JOIN ({changes}) ON {condition} ORDER BY o.id LIMIT {MOST}"
        )
    } else {
        // One writes at a time: whoever took an id has ended before the next is taken.
        format!("SELECT 0 AS oldest, 0 AS next, {columns} FROM {changes} WHERE {condition} ORDER BY o.id LIMIT {MOST}")
    };
    let found = database
        .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    let mut reading = Reading {
        moment: Moment { oldest: 0, next: 0 },
        rows: Vec::with_capacity(found.len()),
    };
    for row in found {
        reading.moment = Moment {
            oldest: row.try_get("", "oldest")?,
            next: row.try_get("", "next")?,
        };
        let Some(id) = row.try_get::<Option<i64>>("", "id")? else {
            continue;
        };
        let uuid = |column| row.try_get::<Uuid>("", column);
        let change = Change {
            tenant: TenantId::from_uuid(uuid("tenant_id")?),
            partner: PartnerId::from_uuid(uuid("partner_id")?),
            commission: CommissionId::from_uuid(uuid("commission_id")?),
        };
        reading.rows.push((id, change));
    }
    Ok(reading)
}

fn unread(position: &Position) -> (String, Vec<Value>) {
    let mut condition = "(o.id > $1".to_owned();
    let mut values: Vec<Value> = vec![position.last().into()];
    for (first, last) in position.gaps() {
        let number = values.len();
        condition.push_str(&format!(" OR o.id BETWEEN ${} AND ${}", number + 1, number + 2));
        values.extend([first.into(), last.into()]);
    }
    condition.push(')');
    (condition, values)
}
