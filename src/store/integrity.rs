//! Whether the pages of a SQLite file are what SQLite wrote. PostgreSQL has checksums for that.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Reader, Store, StoreError};

/// Everything: also whether each index agrees with its table. Reads the whole file.
pub async fn faults(store: &Store) -> Result<Vec<String>, StoreError> {
    match store.reader() {
        Reader::Sqlite(_) => check(store, "PRAGMA integrity_check(100)").await,
        Reader::Postgres(_) | Reader::Moment(_) => Ok(Vec::new()),
    }
}

/// What can be found in one walk over the file, if it was not closed in order by whoever had it before: after a crash of
/// the machine, or where it was copied while it was in use.
pub async fn faults_after_crash(store: &Store) -> Result<Vec<String>, StoreError> {
    match store.reader() {
        Reader::Sqlite(pool) if pool.was_left_open() => check(store, "PRAGMA quick_check(100)").await,
        Reader::Sqlite(_) | Reader::Postgres(_) | Reader::Moment(_) => Ok(Vec::new()),
    }
}

async fn check(store: &Store, pragma: &str) -> Result<Vec<String>, StoreError> {
    let snapshot = store.snapshot().await?;
    let rows = snapshot
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, pragma))
        .await?;
    let lines = rows.iter().map(|row| row.try_get_by_index::<String>(0));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    snapshot.rollback().await?;
    // One finding may take several lines.
    let lines = lines.iter().flat_map(|text| text.lines()).map(str::to_owned);
    Ok(lines.filter(|line| line != "ok").collect())
}
