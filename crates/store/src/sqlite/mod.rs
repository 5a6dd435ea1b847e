//! Connections to SQLite. A transaction is acknowledged only if SQLite itself confirms that it has ended: SQLx counts
//! the depth of its transactions, and continues to count after SQLite has rolled back by itself. Here BEGIN, COMMIT and
//! ROLLBACK are plain commands, which SQLite refuses when they do not fit, and any connection in doubt is closed.

mod file;
mod health;
mod lease;
mod limit;
mod session;
mod write_check;

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, PoolConfig, PoolError, QueueMode, Timeouts};
use deadpool::{Runtime, Status};
use sea_orm::{ConnAcquireErr, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::Mutex;

use super::options::StoreOptions;
use super::share::TenantShare;
use super::slow::Stopwatch;
use health::FileHealth;
use lease::Lease;
use session::{Manager, Session};
use telemetry::metrics;

/// How long a reader may be idle before it is closed.
const IDLE: Duration = Duration::from_secs(300);

type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// One writing connection, for which writers queue in order instead of failing with "database is locked", and some that
/// only read.
#[derive(Clone)]
pub struct Pool {
    readers: managed::Pool<Manager>,
    writer: managed::Pool<Manager>,
    /// The tenant's share to which these connections belong, if any.
    share: Option<Arc<TenantShare>>,
    numbers: Option<Arc<metrics::DatabaseMetrics>>,
    /// From which duration on a statement is logged; `None`: never.
    slow: Option<Duration>,
    /// A reader for readiness, which does not wait for the others.
    watch: managed::Pool<Manager>,
    /// Readers for long reads of one snapshot, for which requests do not wait.
    aside: managed::Pool<Manager>,
    health: Arc<FileHealth>,
    statement_timeout: Duration,
    /// The last process that had the file did not close it.
    was_open: bool,
    /// Called with every statement.
    observer: Option<Observer>,
}

/// A transaction. Dropping it rolls it back. After a failed statement nothing more is done in it.
pub struct Transaction {
    /// `None`: it has ended.
    connection: Mutex<Option<Lease>>,
    pool: Pool,
}

/// How many unused pages are given back after an erasure: it takes milliseconds.
const VACUUMED_PAGES: u32 = 1_000;

const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The options of writing connections. FULL makes every commit survive a power cut, NORMAL keeps the file intact.
/// Another process (the command line beside a running gateway) may hold the lock, and is waited for.
pub fn writing(url: &str, timeout: Duration, durable: bool) -> Result<SqliteConnectOptions, DbErr> {
    let options: SqliteConnectOptions = url.parse().map_err(no_connection)?;
    let synchronous = match durable {
        true => SqliteSynchronous::Full,
        false => SqliteSynchronous::Normal,
    };
    Ok(options
        .disable_statement_logging()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        // So that an erasure can give pages back to the file system without rewriting the file.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        // Room for what a list of events changes, which would otherwise be written twice; allocated as it is needed.
        .pragma("cache_size", "-32768")
        // What is deleted or overwritten is not left in the file.
        .pragma("secure_delete", "ON")
        // Pages that change often are copied from the log to the file once for many commits.
        .pragma("wal_autocheckpoint", "8000")
        .busy_timeout(timeout))
}

fn reading(options: &StoreOptions) -> Result<SqliteConnectOptions, DbErr> {
    let connection: SqliteConnectOptions = options.url.parse().map_err(no_connection)?;
    let connection = connection
        .disable_statement_logging()
        .create_if_missing(false)
        .busy_timeout(options.acquire_timeout)
        // Rows that are buffered for the reader: with few, two threads wake each other many times for a page's rows.
        .row_buffer_size(256)
        .pragma("query_only", "ON");
    Ok(match options.mapped {
        // All of the file, or as much as SQLite was compiled to map; pages that are still in the log are cached beside
        // it.
        true => connection
            .pragma("mmap_size", "1099511627776")
            .pragma("cache_size", "-16384"),
        false => connection,
    })
}

impl Pool {
    pub async fn connect(options: &StoreOptions) -> Result<Self, DbErr> {
        let (url, timeout) = (&options.url, options.acquire_timeout);
        // Processes that wait for SQLite's lock do not queue: a process may lose many turns to the others.
        let (writing, reading) = (writing(url, timeout * 3, options.durable)?, reading(options)?);
        let was_open = file::was_left_open(writing.get_filename());
        if file::may_be_created(url) {
            file::create(writing.get_filename());
        }
        let health = Arc::new(FileHealth::default());
        let pool = Self {
            writer: connections(writing, Some(health.clone()), 1, timeout),
            readers: connections(reading.clone(), None, options.max_connections as usize, timeout),
            watch: connections(reading.clone(), None, 1, timeout),
            aside: connections(
                reading,
                None,
                options.aside as usize,
                Duration::from_secs(2).min(timeout),
            ),
            health,
            statement_timeout: options.statement_timeout,
            was_open,
            share: None,
            numbers: None,
            slow: None,
            observer: None,
        };
        // The writer first: it sets the file's journal mode.
        drop(pool.lease(&pool.writer).await?);
        drop(pool.lease(&pool.readers).await?);
        tokio::spawn(let_go(pool.readers.weak()));
        tokio::spawn(let_go(pool.aside.weak()));
        Ok(pool)
    }

    /// The same connections, within a tenant's share.
    pub fn share(&self, share: Arc<TenantShare>) -> Self {
        Self {
            share: Some(share),
            ..self.clone()
        }
    }

    pub fn measure(&mut self, numbers: Arc<metrics::DatabaseMetrics>) {
        self.numbers = Some(numbers);
    }

    /// From now on, logs statements that take this long.
    pub fn log_slow(&mut self, slow: Duration) {
        self.slow = Some(slow);
    }

    /// Measures a statement until it is dropped.
    fn timer(&self, sql: &str) -> Stopwatch {
        let numbers = self.numbers.as_ref();
        Stopwatch::start(numbers.map(|numbers| numbers.time_statement()), self.slow, sql)
    }

    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// How many connections there are, how many of them are idle, and how many requests wait for one: for the readers
    /// and the writer.
    pub fn status(&self) -> [(&'static str, Status); 2] {
        [("reader", self.readers.status()), ("writer", self.writer.status())]
    }

    /// Waits for what is under way. The writer is closed last, and leaves the file complete in itself.
    pub async fn close(&self) {
        for pool in [&self.watch, &self.aside, &self.readers, &self.writer] {
            while pool.status().size > 0 {
                for idle in pool.retain(|_, _| false).removed {
                    idle.close().await;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            pool.close();
        }
    }

    /// A transaction that writes. `is_long`: for work that changes much and takes its time: statements have no time
    /// limit, and changes are kept in memory instead of being spilled again and again.
    pub async fn begin(&self, is_long: bool) -> Result<Transaction, DbErr> {
        let mut connection = self.lease(&self.writer).await?;
        connection.timeout = (!is_long).then_some(self.statement_timeout);
        connection.enlarge(is_long).await?;
        // IMMEDIATE: a transaction that first reads and then wants to write could not wait for the write lock.
        connection.begin("BEGIN IMMEDIATE").await?;
        Ok(self.transaction(connection))
    }

    /// A transaction that only reads, and sees one snapshot; statements of a patient one have no time limit.
    pub async fn snapshot(&self, is_long: bool) -> Result<Transaction, DbErr> {
        let mut connection = self.lease(&self.readers).await?;
        connection.timeout = (!is_long).then_some(self.statement_timeout);
        connection.begin("BEGIN").await?;
        Ok(self.transaction(connection))
    }

    /// Like [`Pool::snapshot`], on a connection that requests do not wait for, with the time limit of a request's
    /// statements.
    pub async fn moment(&self) -> Result<Transaction, DbErr> {
        let mut connection = self.lease(&self.aside).await?;
        connection.timeout = Some(self.statement_timeout);
        connection.begin("BEGIN").await?;
        Ok(self.transaction(connection))
    }

    /// Whether the file can be read, and whether it can be written as far as is known. Where writing is in doubt, it is
    /// tried.
    pub async fn ping(&self) -> Result<(), DbErr> {
        let page = Statement::from_string(DbBackend::Sqlite, "PRAGMA schema_version");
        let mut watch = self.lease(&self.watch).await?;
        watch.timeout = Some(self.statement_timeout);
        watch.query_one(page).await?;
        let pool = self.clone();
        write_check::check(&self.health, || async move { pool.lease(&pool.writer).await }).await
    }

    /// Gives unused pages back, copies the log to the file and empties it, as far as no reader needs it, so that it holds
    /// no earlier values.
    pub async fn empty_log(&self) -> Result<(), DbErr> {
        self.maintain(&[&format!("PRAGMA incremental_vacuum({VACUUMED_PAGES})"), EMPTY_LOG])
            .await
    }

    /// Rewrites the file without unused pages, and empties the log.
    pub async fn vacuum(&self) -> Result<(), DbErr> {
        self.maintain(&["VACUUM", EMPTY_LOG]).await
    }

    /// Runs these on the writing connection, outside of transactions.
    async fn maintain(&self, statements: &[&str]) -> Result<(), DbErr> {
        let mut writer = self.lease(&self.writer).await?;
        writer.timeout = Some(self.statement_timeout);
        for sql in statements {
            // To its last row: `incremental_vacuum` gives back a page for each.
            writer.query(Statement::from_string(DbBackend::Sqlite, *sql)).await?;
        }
        Ok(())
    }

    /// Whether the last process that had the file did not close it, or still has it open.
    pub fn was_left_open(&self) -> bool {
        self.was_open
    }

    /// A connection for a statement outside of transactions.
    async fn reader(&self) -> Result<Lease, DbErr> {
        let mut connection = self.lease(&self.readers).await?;
        connection.timeout = Some(self.statement_timeout);
        Ok(connection)
    }

    fn transaction(&self, connection: Lease) -> Transaction {
        Transaction {
            connection: Mutex::new(Some(connection)),
            pool: self.clone(),
        }
    }

    async fn lease(&self, pool: &managed::Pool<Manager>) -> Result<Lease, DbErr> {
        let mut turn = match &self.share {
            Some(share) => Some(share.turn().await),
            None => None,
        };
        let waiting = self.numbers.as_ref().map(|numbers| numbers.time_wait());
        let connection = pool.get().await;
        drop(waiting);
        if let Some(turn) = &mut turn {
            turn.begin();
        }
        let connection = connection.map(|connection| Lease::new(connection, turn));
        connection.map_err(|error| match error {
            PoolError::Backend(error) => no_connection(error),
            PoolError::Timeout(_) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => unreachable!("the pool has a runtime only"),
        })
    }
}

fn connections(
    options: SqliteConnectOptions,
    health: Option<Arc<FileHealth>>,
    most: usize,
    timeout: Duration,
) -> managed::Pool<Manager> {
    let timeouts = Timeouts {
        wait: Some(timeout),
        create: Some(timeout),
        recycle: Some(timeout),
    };
    let config = PoolConfig {
        max_size: most,
        timeouts,
        // The connections used last have the most in their caches; the others may be closed.
        queue_mode: QueueMode::Lifo,
    };
    let builder = managed::Pool::builder(Manager { options, health })
        .config(config)
        .runtime(Runtime::Tokio1);
    builder.build().expect("a runtime is given")
}

fn no_connection(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// Closes what has been idle for long, for as long as the pool exists.
async fn let_go(pool: managed::WeakPool<Manager>) {
    loop {
        tokio::time::sleep(IDLE / 5).await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        pool.retain(|_, metrics| metrics.last_used() < IDLE);
    }
}

/// Statements outside of transactions.
impl Pool {
    pub async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.reader().await?;
        let _timer = self.timer(&statement.sql);
        connection.execute(statement).await
    }

    pub async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.reader().await?;
        let _timer = self.timer(&statement.sql);
        connection.query_one(statement).await
    }

    pub async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.reader().await?;
        let _timer = self.timer(&statement.sql);
        connection.query(statement).await
    }
}

impl Transaction {
    pub async fn commit(&self) -> Result<(), DbErr> {
        self.take().await?.commit().await
    }

    /// Whatever fails here, nothing of the transaction lasts.
    pub async fn rollback(&self) {
        if let Ok(connection) = self.take().await {
            connection.end().await;
        }
    }

    pub async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.execute(statement).await
        })
        .await
    }

    pub async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.query_one(statement).await
        })
        .await
    }

    pub async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.query(statement).await
        })
        .await
    }

    async fn take(&self) -> Result<Lease, DbErr> {
        self.connection.lock().await.take().ok_or_else(has_ended)
    }

    async fn with<T>(
        &self,
        statement: Statement,
        run: impl AsyncFnOnce(&mut Session, Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        observed(self.pool.observer.as_ref(), &statement);
        let mut lease = self.connection.lock().await;
        let connection = lease.as_mut().ok_or_else(has_ended)?;
        let _timer = self.pool.timer(&statement.sql);
        run(connection, statement).await
    }
}

fn has_ended() -> DbErr {
    DbErr::Custom("the transaction has ended".to_owned())
}

fn observed(observer: Option<&Observer>, statement: &Statement) {
    if let Some(observer) = observer {
        observer(&statement.sql);
    }
}
