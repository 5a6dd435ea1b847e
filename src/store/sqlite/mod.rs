//! Connections to SQLite. A transaction is acknowledged only if SQLite itself says that it ended it: SQLx counts how deep
//! its transactions are, and counts on after SQLite has rolled back by itself. Here BEGIN, COMMIT and ROLLBACK are plain
//! commands, which SQLite refuses when they do not fit, and whatever is in doubt is closed.

mod connection;
mod lease;

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, PoolConfig, PoolError, QueueMode, Timeouts};
use deadpool::{Runtime, Status};
use prometheus::HistogramTimer;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::Mutex;

use super::share::Share;
use crate::metrics;
use connection::{Connection, Manager};
use lease::Lease;

/// Readers that nobody used for so long are closed.
const IDLE: Duration = Duration::from_secs(300);

type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// One writing connection, for which writers queue in order instead of failing with "database is locked", and some that
/// only read.
#[derive(Clone)]
pub struct Pool {
    readers: managed::Pool<Manager>,
    writer: managed::Pool<Manager>,
    /// Whose connections these are, if they are somebody's share.
    share: Option<Arc<Share>>,
    numbers: Option<Arc<metrics::Database>>,
    /// Hears of every statement.
    observer: Option<Observer>,
}

/// A transaction. Dropping it undoes what it did. After a failed statement nothing more happens in it.
pub struct Transaction {
    connection: Mutex<Lease>,
    pool: Pool,
}

/// How writing connections are made. FULL makes every commit survive a power cut. Another process (the command line beside
/// a running gateway) may hold the lock, and is waited for.
pub fn writing(url: &str, patience: Duration) -> Result<SqliteConnectOptions, DbErr> {
    let options: SqliteConnectOptions = url.parse().map_err(no_connection)?;
    Ok(options
        .disable_statement_logging()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Room for what a list of events changes, which else is written twice; taken as it is needed.
        .pragma("cache_size", "-32768")
        // Pages that change often are copied from the log to the file once for many commits.
        .pragma("wal_autocheckpoint", "8000")
        .busy_timeout(patience))
}

fn reading(url: &str, patience: Duration) -> Result<SqliteConnectOptions, DbErr> {
    let options: SqliteConnectOptions = url.parse().map_err(no_connection)?;
    Ok(options
        .disable_statement_logging()
        .create_if_missing(false)
        .busy_timeout(patience)
        .pragma("query_only", "ON"))
}

impl Pool {
    /// `readers` is how many there may be, `patience` how long to wait for a connection.
    pub async fn connect(url: &str, readers: u32, patience: Duration) -> Result<Self, DbErr> {
        let pool = Self {
            writer: connections(writing(url, patience)?, 1, patience),
            readers: connections(reading(url, patience)?, readers as usize, patience),
            share: None,
            numbers: None,
            observer: None,
        };
        // The writer first: it creates the file and its journal mode.
        drop(pool.lease(&pool.writer).await?);
        drop(pool.lease(&pool.readers).await?);
        tokio::spawn(let_go(pool.readers.weak()));
        Ok(pool)
    }

    /// The same connections, as far as a tenant has a share in them.
    pub fn share(&self, share: Arc<Share>) -> Self {
        Self {
            share: Some(share),
            ..self.clone()
        }
    }

    pub fn measure(&mut self, numbers: Arc<metrics::Database>) {
        self.numbers = Some(numbers);
    }

    /// Measures a statement until it is dropped.
    fn timer(&self) -> Option<HistogramTimer> {
        self.numbers.as_ref().map(|numbers| numbers.statements.start_timer())
    }

    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// How many connections there are, how many of them are idle, and how many are waited for: those that read, and the one
    /// that writes.
    pub fn status(&self) -> [(&'static str, Status); 2] {
        [("reader", self.readers.status()), ("writer", self.writer.status())]
    }

    /// Waits for what is under way. The writer goes last, and leaves the file complete in itself.
    pub async fn close(&self) {
        for pool in [&self.readers, &self.writer] {
            while pool.status().size > 0 {
                for idle in pool.retain(|_, _| false).removed {
                    idle.close().await;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            pool.close();
        }
    }

    /// A transaction that writes. `patient`: for work that changes much, which is then kept in memory instead of being
    /// written out over and over.
    pub async fn begin(&self, patient: bool) -> Result<Transaction, DbErr> {
        let mut connection = self.lease(&self.writer).await?;
        connection.enlarge(patient).await?;
        // IMMEDIATE: a transaction that first reads and then wants to write could not wait for its turn.
        connection.begin("BEGIN IMMEDIATE").await?;
        Ok(self.transaction(connection))
    }

    /// A transaction that only reads, and sees one moment.
    pub async fn snapshot(&self) -> Result<Transaction, DbErr> {
        let mut connection = self.lease(&self.readers).await?;
        connection.begin("BEGIN").await?;
        Ok(self.transaction(connection))
    }

    fn transaction(&self, connection: Lease) -> Transaction {
        Transaction {
            connection: Mutex::new(connection),
            pool: self.clone(),
        }
    }

    async fn lease(&self, pool: &managed::Pool<Manager>) -> Result<Lease, DbErr> {
        let mut turn = match &self.share {
            Some(share) => Some(share.turn().await),
            None => None,
        };
        let waiting = self.numbers.as_ref().map(|numbers| numbers.waits.start_timer());
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

fn connections(options: SqliteConnectOptions, most: usize, patience: Duration) -> managed::Pool<Manager> {
    let timeouts = Timeouts {
        wait: Some(patience),
        create: Some(patience),
        recycle: Some(patience),
    };
    let config = PoolConfig {
        max_size: most,
        timeouts,
        // Those used last have the most in their caches; the others may go.
        queue_mode: QueueMode::Lifo,
    };
    let builder = managed::Pool::builder(Manager::new(options))
        .config(config)
        .runtime(Runtime::Tokio1);
    builder.build().expect("a runtime is given")
}

fn no_connection(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// Closes what is idle for long, as long as the pool is there.
async fn let_go(pool: managed::WeakPool<Manager>) {
    loop {
        tokio::time::sleep(IDLE / 5).await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        pool.retain(|_, metrics| metrics.last_used() < IDLE);
    }
}

impl Transaction {
    pub async fn commit(self) -> Result<(), DbErr> {
        self.connection.into_inner().commit().await
    }

    /// Whatever goes wrong with it, nothing of the transaction lasts.
    pub async fn rollback(self) {
        self.connection.into_inner().end().await;
    }

    async fn with<T>(
        &self,
        statement: Statement,
        run: impl AsyncFnOnce(&mut Connection, Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        observed(self.pool.observer.as_ref(), &statement);
        let mut connection = self.connection.lock().await;
        let _timer = self.pool.timer();
        run(&mut connection, statement).await
    }
}

fn observed(observer: Option<&Observer>, statement: &Statement) {
    if let Some(observer) = observer {
        observer(&statement.sql);
    }
}

#[async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.lease(&self.readers).await?;
        let _timer = self.timer();
        connection.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.lease(&self.readers).await?;
        let _timer = self.timer();
        connection.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.lease(&self.readers).await?;
        let _timer = self.timer();
        connection.query(statement).await
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.execute(statement).await
        })
        .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.query_one(statement).await
        })
        .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.query(statement).await
        })
        .await
    }
}
