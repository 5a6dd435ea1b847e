//! Opening and migrating the database.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, DbErr, RuntimeErr, Statement, TransactionTrait};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use super::outbox::Signal;
use super::{Reader, Store, StoreError, postgres, statistics};

/// Where the database is and how many connections read it.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub url: String,
    /// PostgreSQL: all connections; SQLite: those that read, beside the one that writes.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take; PostgreSQL only, SQLite's are bounded by what they read.
    pub statement_timeout: Duration,
}

/// Opens the database, creating a SQLite file where the URL says so (`mode=rwc`).
pub async fn connect(options: &StoreOptions) -> Result<Store, StoreError> {
    if DbBackend::Sqlite.is_prefix_of(&options.url) {
        return connect_sqlite(options).await;
    }
    let url: PgConnectOptions = options
        .url
        .parse()
        .map_err(|error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    let timeout = options.statement_timeout.as_millis().to_string();
    // Statements find rows by keys and walk indexes: one plan is right for all values, and planning anew for each takes
    // longer than the statement itself.
    let url = url
        .options([
            ("statement_timeout", timeout.as_str()),
            ("plan_cache_mode", "force_generic_plan"),
            // What they visit is in memory or on a disk without arms. Otherwise a page of 50 rows has the planner read all
            // partners of a small programme to join 50 of them.
            ("random_page_cost", "1.1"),
        ])
        .disable_statement_logging();
    let pool = postgres::Pool::connect(url, options.max_connections, options.acquire_timeout).await?;
    let mut single = pool_options(options);
    single
        .min_connections(0)
        .max_connections(1)
        .connect_lazy(true)
        .statement_timeout(options.statement_timeout);
    let single = Database::connect(single).await?;
    let appended = Signal::between_replicas(&options.url, single.get_postgres_connection_pool());
    Ok(Store {
        reader: Reader::Postgres(pool),
        writer: single,
        appended,
    })
}

/// FULL makes every commit survive a power cut. The writer is opened first: it creates the file and its journal mode.
async fn connect_sqlite(options: &StoreOptions) -> Result<Store, StoreError> {
    let mut writing = pool_options(options);
    writing.max_connections(1).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Room for what a list of events changes, which else is written twice; taken as it is needed.
            .pragma("cache_size", "-32768")
            // Pages that change often are copied from the log to the file once for many commits.
            .pragma("wal_autocheckpoint", "8000")
            // Another process (the command line beside a running gateway) may hold the lock.
            .busy_timeout(Duration::from_secs(30))
    });
    let writer = Database::connect(writing).await?;
    let mut reading = pool_options(options);
    reading
        .max_connections(options.max_connections)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(false)
                .busy_timeout(Duration::from_secs(30))
                .pragma("query_only", "ON")
        });
    let reader = Database::connect(reading).await?;
    Ok(Store {
        reader: Reader::Sqlite(reader),
        writer,
        appended: Signal::in_process(),
    })
}

fn pool_options(options: &StoreOptions) -> ConnectOptions {
    let mut pool = ConnectOptions::new(&options.url);
    pool.sqlx_logging(false)
        .acquire_timeout(options.acquire_timeout)
        // Connections are made when they are needed, and idle ones are let go.
        .min_connections(1)
        .idle_timeout(Duration::from_secs(300));
    pool
}

/// Brings the schema up to date; returns how many migrations were applied. Any number of processes may call it at
/// once: one does the work while the others wait for its commit.
pub async fn migrate(store: &Store) -> Result<usize, StoreError> {
    let transaction = store.begin_for_migrations().await?;
    lock_migrations(&transaction).await?;
    let pending = Migrator::get_pending_migrations(&transaction).await?.len();
    if pending > 0 {
        Migrator::up(&transaction, None).await?;
    }
    statistics::describe(&transaction).await?;
    transaction.commit().await?;
    Ok(pending)
}

/// Takes back the newest migration; its tables are lost.
pub async fn migrate_down(store: &Store) -> Result<(), StoreError> {
    let transaction = store.begin_for_migrations().await?;
    lock_migrations(&transaction).await?;
    Migrator::down(&transaction, Some(1)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Every migration by name, and whether it was applied.
pub async fn migration_status(store: &Store) -> Result<Vec<(String, bool)>, StoreError> {
    let transaction = store.writer.begin().await?;
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

/// Lifts the limit on how long statements of this transaction may take; SQLite's have none.
pub(super) async fn wait_for_ever(transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let unlimited = Statement::from_string(backend, "SET LOCAL statement_timeout = 0");
        transaction.execute_raw(unlimited).await?;
    }
    Ok(())
}

/// Gives SQLite up to 1 GiB for its pages, on this connection from now on: what does not fit is written twice.
pub(super) async fn enlarge_cache(transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Sqlite {
        let enlarge = Statement::from_string(backend, "PRAGMA cache_size = -1048576");
        transaction.execute_raw(enlarge).await?;
    }
    Ok(())
}

async fn lock_migrations(connection: &impl ConnectionTrait) -> Result<(), StoreError> {
    // Any number serves, as long as every version uses the same. SQLite's IMMEDIATE transaction is a lock already.
    const LOCK: &str = "SELECT pg_advisory_xact_lock(7723180421)";
    if connection.get_database_backend() == DbBackend::Postgres {
        connection
            .query_one_raw(Statement::from_string(DbBackend::Postgres, LOCK))
            .await?;
    }
    Ok(())
}
