//! Distributes the rows of a database over the servers that its coordinator knows, in one transaction: either all of it
//! is done or nothing.

use migration::{Migrator, MigratorTrait, distribution};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use super::state;
use crate::migrating::begin;
use crate::{Store, StoreError};

/// The outcome of distributing a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistributeOutcome {
    /// This many tables were distributed now.
    Now(usize),
    /// They were distributed before.
    Already,
}

/// Why a database was left as it was.
#[derive(Debug, thiserror::Error)]
pub enum DistributeError {
    #[error(
        "only PostgreSQL can spread its rows over several servers: see docs/operations.md on moving away from SQLite"
    )]
    Sqlite,
    #[error(
        "the extension Citus is not in this database: put citus into shared_preload_libraries of every server, and run \
         CREATE EXTENSION citus in the databases of this name there"
    )]
    NoCitus,
    #[error(
        "the coordinator knows no server that takes rows: name itself with citus_set_coordinator_host, and the others with \
         citus_add_node"
    )]
    NoWorkers,
    #[error("the schema is not up to date ({0} migrations are pending): run `tributary migrate up` first")]
    Pending(usize),
    #[error(
        "some tables are distributed, but not by this command: {}. Run undistribute_table('NAME', cascade_via_foreign_keys => \
         true) for each, and this command again",
        .0.join(", ")
    )]
    HalfWay(Vec<String>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Distributes all tables that hold rows of tenants. No gateway may run meanwhile: it would wait, and then continue to
/// plan statements as before.
pub async fn distribute(store: &Store) -> Result<DistributeOutcome, DistributeError> {
    if store.single.get_database_backend() != DbBackend::Postgres {
        return Err(DistributeError::Sqlite);
    }
    let transaction = begin(store).await?;
    let distributed = within(&transaction).await;
    let ended = match distributed {
        Ok(DistributeOutcome::Now(_)) => transaction.commit().await,
        // At once, because others wait for the lock.
        Ok(DistributeOutcome::Already) | Err(_) => transaction.rollback().await,
    };
    ended.map_err(StoreError::from)?;
    distributed
}

async fn within(transaction: &DatabaseTransaction) -> Result<DistributeOutcome, DistributeError> {
    // The one limit that `begin` leaves: a migration yields to sessions that use a table, this waits for them.
    run(transaction, "SET LOCAL lock_timeout = 0").await?;
    if !state::has_citus(transaction).await? {
        return Err(DistributeError::NoCitus);
    }
    let tables = state::tables(transaction).await?;
    let is_marked = state::is_distributed(transaction).await?;
    match (is_marked, tables.distributed.len()) {
        (true, count) if count == tables.all.len() => return Ok(DistributeOutcome::Already),
        (false, 0) => {}
        _ => return Err(DistributeError::HalfWay(tables.distributed)),
    }
    let pending = Migrator::get_pending_migrations(transaction)
        .await
        .map_err(StoreError::from)?;
    if !pending.is_empty() {
        return Err(DistributeError::Pending(pending.len()));
    }
    if !state::has_workers(transaction).await? {
        return Err(DistributeError::NoWorkers);
    }
    run(transaction, distribution::PREPARE).await?;
    for table in &tables.all {
        let (column, beside) = match table.as_str() {
            "tenant" => ("id", "none"),
            _ => ("tenant_id", "tenant"),
        };
        let sql = format!("SELECT create_distributed_table('{table}', '{column}', colocate_with => '{beside}')");
        run(transaction, &sql).await?;
        // The local rows, which have been copied.
        let sql = format!("SELECT truncate_local_data_after_distributing_table('{table}')");
        run(transaction, &sql).await?;
    }
    run(transaction, distribution::FINISH).await?;
    Ok(DistributeOutcome::Now(tables.all.len()))
}

/// Statements that bind nothing, separated by lines that hold only `--`.
async fn run(transaction: &DatabaseTransaction, sql: &str) -> Result<(), StoreError> {
    for statement in sql.split("\n--\n") {
        let statement = Statement::from_string(DbBackend::Postgres, statement);
        transaction.execute_raw(statement).await?;
    }
    Ok(())
}
