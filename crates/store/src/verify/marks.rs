//! How far the histories of partners have come: a mark moves with everything that is written about a partner, so that
//! what was verified at a mark holds for as long as the mark is the same.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::{StoreError, one_of};
use crate::{Connection, raw};
use auth::Scope;
use domain::Timestamp;

/// Everything that is done under a partner's lock is a step of its history, with a number and a time. Both are needed:
/// a restored database goes through the same numbers again. The counters of tiers also depend on the tiers themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryStep {
    sequence: i64,
    at: Option<Timestamp>,
    tiers_at: Option<Timestamp>,
}

impl HistoryStep {
    /// The number of the last step, according to the partner's row.
    pub fn sequence(&self) -> i64 {
        self.sequence
    }

    /// The time of the last step.
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }
}

impl std::fmt::Display for HistoryStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = |at: Option<Timestamp>| at.map_or(0, |at| at.timestamp_micros());
        write!(f, "{}.{}.{}", self.sequence, micros(self.at), micros(self.tiers_at))
    }
}

/// A partner and its mark.
pub type Marked = (Uuid, HistoryStep);

/// The next partners in the order of their ids, at most `limit`.
pub async fn marks_after(
    database: &Connection,
    scope: &Scope,
    after: Uuid,
    limit: u32,
) -> Result<Vec<Marked>, StoreError> {
    let values = [after.into(), limit.into()];
    marks(database, scope, "id > $2 ORDER BY id LIMIT $3", values).await
}

/// The marks of these partners.
pub async fn marks_of(database: &Connection, scope: &Scope, partners: &[Uuid]) -> Result<Vec<Marked>, StoreError> {
    let (these, ids) = one_of(database.get_database_backend(), partners);
    marks(database, scope, &format!("id {these}"), [ids]).await
}

async fn marks<const N: usize>(
    database: &Connection,
    scope: &Scope,
    which: &str,
    values: [Value; N],
) -> Result<Vec<Marked>, StoreError> {
    let sql = format!(
        "SELECT id, history_sequence, history_at, (
           SELECT MAX(tier.updated_at) FROM tier_counter AS counter
           JOIN tiered_commission AS tier ON tier.tenant_id = $1 AND tier.id = counter.tier_id
           WHERE counter.tenant_id = $1 AND counter.partner_id = partner.id
         ) AS tiers_at FROM partner WHERE tenant_id = $1 AND {which}"
    );
    let rows = ask(database, scope, &sql, values).await?;
    rows.iter().map(marked).collect()
}

fn marked(row: &QueryResult) -> Result<Marked, StoreError> {
    let mark = HistoryStep {
        sequence: row.try_get("", "history_sequence")?,
        at: row.try_get("", "history_at")?,
        tiers_at: row.try_get("", "tiers_at")?,
    };
    Ok((row.try_get("", "id")?, mark))
}

/// How many rows of the ledger each of these partners has, and then how many events; partners without any are left out.
pub async fn rows_of(database: &Connection, scope: &Scope, partners: &[Uuid]) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let (these, ids) = one_of(database.get_database_backend(), partners);
    let counted = |table, which| {
        format!(
            "SELECT partner_id, COUNT(*) AS rows FROM {table} WHERE tenant_id = $1 AND partner_id {these}{which}
             GROUP BY partner_id"
        )
    };
    let (rows, events) = (
        counted("commission", ""),
        counted("attribution", " AND ended_at IS NULL"),
    );
    let sql = format!("{rows} UNION ALL {events}");
    let rows = ask(database, scope, &sql, [ids]).await?;
    let counts = rows.iter();
    counts
        .map(|row| Ok((row.try_get("", "partner_id")?, row.try_get("", "rows")?)))
        .collect()
}

/// How many events are credited to nobody, and how many were moved from or to nobody: unchanged as long as nothing is
/// written about such events. They are recorded; refunded, which is recorded as well; and moved.
pub async fn events_of_nobody(database: &Connection, scope: &Scope) -> Result<String, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM event WHERE tenant_id = $1 AND primary_attribution_id IS NULL) AS there,
                 (SELECT COUNT(*) FROM event_move WHERE tenant_id = $1 AND from_partner_id IS NULL) AS gone,
                 (SELECT COUNT(*) FROM event_move WHERE tenant_id = $1 AND partner_id IS NULL) AS come";
    let rows = ask(database, scope, sql, []).await?;
    let count = |name| rows.first().map_or(Ok(0), |row| row.try_get::<i64>("", name));
    Ok(format!("{}.{}.{}", count("there")?, count("gone")?, count("come")?))
}

/// The answer to a statement that takes the tenant as `$1` and these values after it.
pub(super) async fn ask(
    database: &Connection,
    scope: &Scope,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let tenant = Value::from(scope.tenant().uuid());
    let values = std::iter::once(tenant).chain(values);
    raw::rows(database, sql, values).await
}
