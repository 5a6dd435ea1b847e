//! The store: its connections, and the beginning of transactions and snapshots.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Status;
use sea_orm::{DatabaseConnection, DbBackend, Statement};

use super::audit::{Trail, TransactionNotes};
use super::outbox::{Signal, WakeSignal};
use super::share::Shares;
use super::standby::{CommitNote, CommitPosition, LogPosition, StandbyReads, StandbyWatch, Standbys};
use super::view::StatementCache;
use super::{Connection, StoreError, Transaction, citus, postgres, raw, transaction_settings};
use domain::id::TenantId;
use telemetry::metrics::{self, PoolState};

/// Connections for reading and for writing. On PostgreSQL they are the same, except for queries that are read from a
/// standby; SQLite writes through one connection.
#[derive(Clone)]
pub struct Store {
    pub(super) reader: Connection,
    /// At most one connection, of the type that migrations require.
    pub(super) single: DatabaseConnection,
    /// PostgreSQL: the connection of the readiness check, used for nothing else.
    pub(super) pulse: Option<postgres::Pool>,
    /// PostgreSQL: the connections for long reads of one snapshot, for which requests do not wait.
    pub(super) aside: Option<postgres::Pool>,
    /// PostgreSQL's standbys, if there are any to read from.
    pub(super) standbys: Option<Arc<Standbys>>,
    /// How far an operation wrote, if its caller needs to know.
    pub(super) written: Option<Arc<CommitPosition>>,
    pub(super) shares: Arc<Shares>,
    /// Notified of every commit that appended to the outbox.
    pub(super) appended: Signal,
    pub(super) kept: Arc<StatementCache>,
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
    pub(super) fn statement_cache(&self) -> &StatementCache {
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
        transaction_settings::lift_limits(transaction.connection()).await?;
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
        transaction_settings::lift_limits(transaction.connection()).await?;
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
        transaction_settings::use_one_snapshot(&transaction).await?;
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
        transaction_settings::use_one_snapshot(&transaction).await?;
        transaction_settings::read_page_by_page(&transaction, pause).await?;
        Ok(Self {
            reader: Connection::Snapshot(transaction.into_engine()),
            ..self.clone()
        })
    }

    /// Empties SQLite's log, so that it holds no values that were erased. What a server keeps is up to its operator.
    pub async fn empty_log(&self) -> Result<(), StoreError> {
        if let Connection::Sqlite(pool) = &self.reader {
            pool.empty_log().await?;
        }
        Ok(())
    }

    /// Removes what the database still keeps of deleted and overwritten rows, and of statistics about them: SQLite's file is
    /// rewritten, PostgreSQL's tables are vacuumed and analysed. Others may read meanwhile, and on PostgreSQL write.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        match &self.reader {
            Connection::Sqlite(pool) => pool.vacuum().await?,
            primary => {
                for table in crate::erasure::tables() {
                    raw::execute(primary, &format!("VACUUM (ANALYZE) {table}"), []).await?;
                }
            }
        }
        Ok(())
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
    pub async fn wakes(&self) -> Result<WakeSignal, StoreError> {
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
