//! Whether the pages of a SQLite file are as SQLite wrote them. PostgreSQL has checksums for that.

use futures::{StreamExt, TryStreamExt, stream};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Connection, Store, StoreError};

/// How many tables are checked concurrently.
const AT_ONCE: usize = 4;

/// Checks everything, including whether each index agrees with its table. Reads the whole file: its pages in one walk,
/// and concurrently each table with its indexes, the largest first.
pub async fn faults(store: &Store) -> Result<Vec<String>, StoreError> {
    match store.reader() {
        Connection::Sqlite(_) => {}
        Connection::Postgres(_) | Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => {
            return Ok(Vec::new());
        }
    }
    let parts = tables(store).await?;
    let parts = parts.iter().map(|table| format!("PRAGMA integrity_check('{table}')"));
    let parts = parts.chain(["PRAGMA quick_check(100)".to_owned()]);
    // SQLite works in threads of its own, one for each connection.
    let found = stream::iter(parts).map(|pragma| async move { check(store, &pragma).await });
    let found = found.buffer_unordered(AT_ONCE.min(store.readers()));
    let mut faults: Vec<_> = found.try_concat().await?;
    // Both kinds of checks may report the same fault.
    faults.sort_unstable();
    faults.dedup();
    Ok(faults)
}

/// The tables that have indexes, with the most rows first.
async fn tables(store: &Store) -> Result<Vec<String>, StoreError> {
    let sql =
        "SELECT DISTINCT tbl_name AS name FROM sqlite_schema WHERE type = 'index' AND tbl_name NOT LIKE 'sqlite%'";
    let mut sizes = Vec::new();
    for row in store.reader().query_all_raw(sqlite(sql)).await? {
        let name: String = row.try_get("", "name")?;
        // Reading from a damaged table may fail; its check reports that.
        let last = sqlite(format!("SELECT COALESCE(MAX(rowid), 0) AS last FROM \"{name}\""));
        let last = store.reader().query_one_raw(last).await.ok().flatten();
        let size: i64 = last.and_then(|row| row.try_get("", "last").ok()).unwrap_or(0);
        sizes.push((size, name));
    }
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    Ok(sizes.into_iter().map(|(_, name)| name).collect())
}

/// The faults that one walk over the file finds, if its last user did not close it properly: after a crash of the
/// machine, or where it was copied while it was in use.
pub async fn faults_after_crash(store: &Store) -> Result<Vec<String>, StoreError> {
    match store.reader() {
        Connection::Sqlite(pool) if pool.was_left_open() => check(store, "PRAGMA quick_check(100)").await,
        Connection::Sqlite(_)
        | Connection::Postgres(_)
        | Connection::Standby(_)
        | Connection::Snapshot(_)
        | Connection::Transaction(_) => Ok(Vec::new()),
    }
}

async fn check(store: &Store, pragma: &str) -> Result<Vec<String>, StoreError> {
    let snapshot = store.snapshot().await?;
    let rows = snapshot.query_all_raw(sqlite(pragma)).await?;
    let lines = rows.iter().map(|row| row.try_get_by_index::<String>(0));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    snapshot.rollback().await?;
    // One finding may take several lines.
    let lines = lines.iter().flat_map(|text| text.lines()).map(str::to_owned);
    Ok(lines.filter(|line| line != "ok").collect())
}

fn sqlite(sql: impl Into<String>) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
