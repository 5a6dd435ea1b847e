//! Migrating the database.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use super::transaction_settings::lift_limits;
use super::{Store, StoreError, citus, statistics};

/// How long a migration waits for other users of the database.
const TIMEOUT: Duration = Duration::from_secs(300);
/// The pause between two attempts, in milliseconds: other users wait during each.
const PAUSE: RangeInclusive<u64> = 500..=1_500;

/// Brings the schema up to date; returns how many migrations were applied. Any number of processes may call it at once:
/// one does the work while the others wait for its commit. Other users of the database wait meanwhile as well;
/// transactions under way end first, for which this waits some minutes.
pub async fn migrate(store: &Store) -> Result<usize, StoreError> {
    migrate_by::<Migrator>(store).await
}

/// Like [`migrate`], with the migrations of a later release: tests make some up.
pub async fn migrate_by<M: MigratorTrait>(store: &Store) -> Result<usize, StoreError> {
    let last = Instant::now() + TIMEOUT;
    loop {
        let transaction = begin(store).await?;
        let pending = M::get_pending_migrations(&transaction).await?.len();
        if pending == 0 || apply::<M>(&transaction, pending).await? {
            statistics::describe(&transaction).await?;
            transaction.commit().await?;
            return Ok(pending);
        }
        transaction.rollback().await?;
        if Instant::now() >= last {
            return Err(StoreError::InUse);
        }
        tracing::info!(
            pending,
            "waits for the transactions under way to end, and migrates then"
        );
        tokio::time::sleep(Duration::from_millis(fastrand::u64(PAUSE))).await;
    }
}

/// Applies the pending migrations; `false`: the database is in use.
async fn apply<M: MigratorTrait>(transaction: &DatabaseTransaction, pending: usize) -> Result<bool, StoreError> {
    let why = format!("{pending} migrations are pending, which {GATHERED}");
    refuse_distributed(transaction, &why).await?;
    let has_all_tables = has_all_tables(transaction).await?;
    if has_all_tables {
        M::up(transaction, None).await?;
    }
    Ok(has_all_tables)
}

/// Makes other users of the database wait from now on. Another transaction may hold one table and wait for a second
/// one: if migrations locked the tables one by one, as they come to them, one of the two would end with a deadlock. So
/// all tables are locked at once or none, before PostgreSQL looks for deadlocks.
async fn has_all_tables(transaction: &DatabaseTransaction) -> Result<bool, StoreError> {
    let backend = transaction.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(true);
    }
    let all = "SELECT string_agg(quote_ident(tablename), ', ' ORDER BY tablename) FROM pg_tables
               WHERE schemaname = current_schema() AND pg_has_role(tableowner, 'MEMBER')";
    let all = transaction.query_one_raw(Statement::from_string(backend, all)).await?;
    let all: Option<String> = all.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    let Some(all) = all else { return Ok(true) };
    for command in [
        "SET LOCAL lock_timeout = '500ms'".to_owned(),
        format!("LOCK TABLE {all} IN ACCESS EXCLUSIVE MODE"),
        "SET LOCAL lock_timeout TO DEFAULT".to_owned(),
    ] {
        let done = transaction.execute_raw(Statement::from_string(backend, command)).await;
        match done.map_err(StoreError::from) {
            Ok(_) => {}
            Err(late) if late.is_timeout() => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Reverts the newest migration, and drops the data that [`super::loss_of_migrating_down`] names.
pub async fn migrate_down(store: &Store) -> Result<(), StoreError> {
    let transaction = begin(store).await?;
    refuse_migrating_down(&transaction).await?;
    Migrator::down(&transaction, Some(1)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Why migrations do not run where rows are distributed.
const GATHERED: &str = "needs them in one place: see \"Outgrowing one machine\" in docs/operations.md";

async fn refuse_distributed(transaction: &impl ConnectionTrait, why: &str) -> Result<(), StoreError> {
    match citus::is_distributed(transaction).await? {
        true => Err(StoreError::Distributed(why.to_owned())),
        false => Ok(()),
    }
}

pub(super) async fn refuse_migrating_down(transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    refuse_distributed(transaction, &format!("taking a migration back {GATHERED}")).await
}

/// Every migration by name, and whether it was applied.
pub async fn migration_status(store: &Store) -> Result<Vec<(String, bool)>, StoreError> {
    let transaction = store.single.begin().await?;
    let migrations = Migrator::get_migration_with_status(&transaction).await?;
    let status = migrations.iter().map(|migration| {
        (
            migration.name().to_owned(),
            migration.status() == migration::MigrationStatus::Applied,
        )
    });
    let status = status.collect();
    transaction.commit().await?;
    Ok(status)
}

/// A transaction of the type that migrations require, once no other process migrates. Its statements and its wait for
/// another migration have no time limit; but it waits for no table longer than requests do, since they would queue
/// behind it.
pub(super) async fn begin(store: &Store) -> Result<DatabaseTransaction, StoreError> {
    // Any number will do, as long as every version uses the same one. SQLite's IMMEDIATE transaction is a lock in
    // itself.
    const LOCK: &str = "SELECT pg_advisory_xact_lock(7723180421)";
    // IMMEDIATE: a SQLite transaction that first reads and then wants to write could not wait for the write lock.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = store.single.begin_with_options(options).await?;
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        lift_limits(&transaction).await?;
        for command in [LOCK, "SET LOCAL lock_timeout TO DEFAULT"] {
            transaction
                .execute_raw(Statement::from_string(backend, command))
                .await?;
        }
    }
    Ok(transaction)
}
