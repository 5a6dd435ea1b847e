//! The database: rows in, domain values out. The only crate that uses `entity`.
//!
//! - Reads start at [`scope::visible`] with the caller's [`Scope`](auth::Scope): tenant and partner filters are part of
//!   the SQL. `tests/it/architecture.rs` lists the few files that read without a scope.
//! - Writes happen in a [`Transaction`], through functions that take the tenant.
//! - Functions that load for many parents at once cost one statement each.

pub mod api_key;
pub mod attribution;
pub mod audit;
pub mod backtest;
pub mod balance;
pub mod bulk;
pub mod campaign;
pub mod citus;
pub mod commission;
pub mod commission_report;
pub mod commission_rule;
pub mod commission_totals;
mod connect;
mod connection;
pub mod custom_field;
pub mod customer;
pub mod deal;
pub mod deal_payment;
pub mod deletion;
pub mod diagnostics;
mod error;
pub mod event;
pub mod event_decision;
mod filter;
pub mod idempotency;
pub mod in_force;
pub mod integrity;
pub mod label;
mod load;
pub mod locks;
mod many;
mod mapped;
pub mod maturing;
mod migrating;
mod migration_loss;
pub mod order;
pub mod outbox;
pub mod page;
pub mod partner;
pub mod partner_group;
pub mod partnership_request;
pub mod payable;
pub mod payout;
pub mod payout_named;
pub mod payout_run;
mod postgres;
pub mod presented_key;
mod raw;
pub mod reassignment;
pub mod recording;
mod references;
mod row;
mod scope;
mod share;
mod slow;
pub mod snapshot;
mod sqlite;
pub mod stage;
mod standby;
pub mod standing;
pub mod statement;
pub mod statistics;
mod sum;
mod table_functions;
pub mod task;
mod template;
pub mod tenant;
pub mod tier_conversions;
pub mod tier_counter;
pub mod tier_result;
pub mod tier_version;
pub mod tiered_commission;
mod transaction;
mod unique;
pub mod verify;
pub mod view;
pub mod webhook;
mod write;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use deadpool::Status;
use sea_orm::{DatabaseConnection, DbBackend, Statement};

pub use audit::Trail;
use audit::TransactionNotes;
pub use connect::{StoreOptions, connect, server_time};
pub use connection::Connection;
use domain::id::TenantId;
pub use error::StoreError;
pub use many::distinct;
pub use migrating::{migrate, migrate_by, migrate_down, migration_status};
pub use migration_loss::{MigrationLoss, loss_of_migrating_down};
pub use postgres::hosts::each_host;
pub use share::ShareOptions;
use share::Shares;
pub use standby::{CommitNote, LogPosition};
use standby::{CommitPosition, StandbyReads, StandbyWatch, Standbys};
use telemetry::metrics::{self, PoolState};
pub use transaction::Transaction;
pub use unique::{is_passing, is_reference_violation, is_sum_too_large, taken_field};
pub use writes::Writes;

/// Connections for reading and for writing. On PostgreSQL they are the same, except for queries that are read from a
/// standby; SQLite writes through one connection.
#[derive(Clone)]
pub struct Store {
    reader: Connection,
    /// At most one connection, of the type that migrations require.
    single: DatabaseConnection,
    /// PostgreSQL: the connection of the readiness check, used for nothing else.
    pulse: Option<postgres::Pool>,
    /// PostgreSQL: the connections for long reads of one snapshot, for which requests do not wait.
    aside: Option<postgres::Pool>,
    /// PostgreSQL's standbys, if there are any to read from.
    standbys: Option<Arc<Standbys>>,
    /// How far an operation wrote, if its caller needs to know.
    written: Option<Arc<CommitPosition>>,
    shares: Arc<Shares>,
    /// Notified of every commit that appended to the outbox.
    appended: outbox::Signal,
    kept: Arc<view::StatementCache>,
}

impl Store {
    /// The store limited to a tenant's share of it, for everything that is done for its callers.
    pub fn of_tenant(&self, tenant: TenantId) -> Self {
        Self {
            reader: self.reader.share(self.shares.of(tenant)),
            ..self.clone()
        }
    }

    /// Measures statements from now on.
    pub fn measure(&mut self, numbers: &Arc<metrics::DatabaseMetrics>) {
        self.reader.measure(numbers);
        if let Some(aside) = &mut self.aside {
            aside.measure(numbers.clone());
        }
        if let Some(standbys) = &self.standbys {
            standbys.measure(numbers);
        }
    }

    /// From now on, logs statements that take this long.
    pub fn log_slow(&mut self, slow: Duration) {
        self.reader.log_slow(slow);
        if let Some(aside) = &mut self.aside {
            aside.log_slow(slow);
        }
    }

    /// The store for a query of this caller, which reads from a standby that has the caller's last write, and `given`
    /// as well; `None`: only the primary can serve it. Results must be discarded once the watch says so.
    pub fn on_standby(&self, subject: &str, given: Option<LogPosition>) -> Option<(Self, StandbyWatch)> {
        let (Some(standbys), Connection::Postgres(primary)) = (&self.standbys, &self.reader) else {
            return None;
        };
        let reads = StandbyReads::new(standbys.choose(subject, given)?, primary);
        let watch = reads.watch();
        let store = Self {
            reader: Connection::Standby(reads),
            ..self.clone()
        };
        Some((store, watch))
    }

    /// The store for a mutation of this caller, with a note of how far it writes; `None`: there are no standbys that
    /// would need to know.
    pub fn noting(&self, subject: &str) -> Option<(Self, CommitNote)> {
        let noting = CommitNote::new(self.standbys.clone()?, subject);
        let store = Self {
            written: Some(noting.written.clone()),
            ..self.clone()
        };
        Some((store, noting))
    }

    /// Looks up the positions of the primary and the standbys, by which queries are routed from now on; does nothing
    /// where there are no standbys.
    pub async fn look_at_standbys(&self) {
        if let Some(standbys) = &self.standbys {
            standbys.look().await;
        }
    }

    /// Each standby as `HOST:PORT`: its lag when it was last checked, or why it is not read from.
    pub fn standbys(&self) -> Vec<(String, Result<Duration, String>)> {
        let standbys = self.standbys.as_ref();
        standbys.map_or_else(Vec::new, |standbys| standbys.states())
    }

    /// For reads outside of transactions.
    pub fn reader(&self) -> &Connection {
        &self.reader
    }

    /// The cached texts of the statements that read views.
    fn statement_cache(&self) -> &view::StatementCache {
        &self.kept
    }

    /// Starts a transaction on behalf of an actor. Use nothing but the transaction until it ends: it occupies SQLite's
    /// one writing connection. Dropping it rolls it back.
    pub async fn begin(&self, trail: Trail) -> Result<Transaction, StoreError> {
        let transaction = self.begin_with(false).await?;
        if transaction.is_distributed() {
            Box::pin(citus::hold_place(&transaction, trail.tenant())).await?;
        }
        Ok(transaction.audited(TransactionNotes::new(trail)))
    }

    /// Starts a transaction for housekeeping, which changes nothing that a tenant's staff decides or is told about:
    /// leases, marks, progress, attempts, the last use of a key, deleting what has expired. It leaves nothing in the
    /// audit log.
    pub async fn begin_unaudited(&self) -> Result<Transaction, StoreError> {
        self.begin_with(false).await
    }

    /// Like [`Store::begin_unaudited`], for work that takes longer than a request and changes much: statements have no
    /// time limit, and SQLite keeps the changes in memory instead of spilling them again and again.
    pub async fn begin_long(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin_with(true).await?;
        transaction.wait_for_ever().await;
        connect::lift_limits(transaction.connection()).await?;
        Ok(transaction)
    }

    async fn begin_with(&self, is_long: bool) -> Result<Transaction, StoreError> {
        let engine = match &self.reader {
            // Boxed: otherwise every future that writes would include the state of opening a connection.
            Connection::Postgres(pool) => Box::pin(pool.begin()).await?.into(),
            Connection::Sqlite(pool) => Box::pin(pool.begin(is_long)).await?.into(),
            Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => {
                return Err(self.reader.leave());
            }
        };
        let transaction = Transaction::new(engine, self.appended.clone());
        Ok(transaction.telling(self.written.clone()))
    }

    /// A snapshot of the database, for work that takes longer than a request and only reads: statements have no time
    /// limit.
    pub async fn snapshot(&self) -> Result<Transaction, StoreError> {
        let transaction = self.snapshot_with(true).await?;
        transaction.wait_for_ever().await;
        connect::lift_limits(transaction.connection()).await?;
        Ok(transaction)
    }

    /// A snapshot of the database, for a request that only reads.
    pub async fn request_snapshot(&self) -> Result<Transaction, StoreError> {
        self.snapshot_with(false).await
    }

    async fn snapshot_with(&self, is_long: bool) -> Result<Transaction, StoreError> {
        let engine = match &self.reader {
            Connection::Postgres(pool) => pool.begin().await?.into(),
            Connection::Sqlite(pool) => pool.snapshot(is_long).await?.into(),
            Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => {
                return Err(self.reader.leave());
            }
        };
        let transaction = Transaction::new(engine, self.appended.clone());
        connect::use_one_snapshot(&transaction).await?;
        Ok(transaction)
    }

    /// A store whose readers all see the present snapshot, for reads in several steps that take longer than a request,
    /// each step with a request's limits; it writes nothing. It occupies one of the connections that requests do not
    /// wait for, until its last clone is dropped. Up to `pause` may pass between two steps; `None`: any time.
    pub async fn on_one_snapshot(&self, pause: Option<Duration>) -> Result<Self, StoreError> {
        let engine = match (&self.reader, &self.aside) {
            (Connection::Sqlite(pool), _) => pool.moment().await?.into(),
            (Connection::Postgres(_), Some(aside)) => aside.begin().await?.into(),
            (Connection::Postgres(pool), None) => pool.begin().await?.into(),
            (Connection::Standby(_) | Connection::Transaction(_), _) => return Err(self.reader.leave()),
            (Connection::Snapshot(_), _) => return Ok(self.clone()),
        };
        let transaction = Transaction::new(engine, self.appended.clone());
        connect::use_one_snapshot(&transaction).await?;
        connect::read_page_by_page(&transaction, pause).await?;
        Ok(Self {
            reader: Connection::Snapshot(Arc::new(transaction)),
            ..self.clone()
        })
    }

    /// Whether its readers all see one snapshot.
    pub fn is_on_snapshot(&self) -> bool {
        matches!(self.reader, Connection::Snapshot(_))
    }

    /// Calls `count` with the text of every statement except BEGIN and COMMIT.
    pub fn observe(&mut self, count: impl Fn(&str) + Send + Sync + 'static) {
        let observer: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(count);
        self.reader.observe(observer.clone());
        if let Some(aside) = &mut self.aside {
            aside.observe(observer);
        }
    }

    /// Closes all connections, so that a SQLite file is complete in itself.
    pub async fn close(self) {
        for pool in [self.pulse, self.aside].into_iter().flatten() {
            pool.close().await;
        }
        if let Some(standbys) = self.standbys {
            standbys.close().await;
        }
        // If closing a pool fails, nothing is lost.
        let _ = self.single.close().await;
        self.reader.close().await;
    }

    /// Wakes followers of the outbox. It misses nothing that is committed after this.
    pub async fn wakes(&self) -> Result<outbox::WakeSignal, StoreError> {
        self.appended.wakes().await
    }

    /// The state of its connection pools.
    pub fn pools(&self) -> Vec<PoolState> {
        let state = |name, status: Status| {
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            PoolState {
                name,
                most: number(status.max_size),
                size: number(status.size),
                idle: number(status.available),
                waiting: number(status.waiting),
            }
        };
        match &self.reader {
            Connection::Sqlite(pool) => pool.status().map(|(name, status)| state(name, status)).to_vec(),
            Connection::Postgres(pool) => vec![state("reader", pool.status())],
            Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => Vec::new(),
        }
    }

    /// Maximum number of connections for reading.
    pub fn readers(&self) -> usize {
        let pools = self.pools();
        let readers = pools.iter().find(|pool| pool.name == "reader");
        readers.map_or(1, |pool| pool.most as usize)
    }

    /// Whether the database answers and takes writes, for readiness; on SQLite, as of the last write.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let Some(pulse) = &self.pulse else {
            if let Connection::Sqlite(pool) = &self.reader {
                pool.ping().await?;
            }
            return Ok(());
        };
        // A standby, or a server that is configured to take no writes.
        let sql = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean";
        let row = pulse
            .query_one(Statement::from_string(DbBackend::Postgres, sql))
            .await?;
        match row.map(|row| row.try_get_by_index(0)).transpose()? {
            Some(false) => Ok(()),
            _ => Err(StoreError::ReadOnly),
        }
    }
}
