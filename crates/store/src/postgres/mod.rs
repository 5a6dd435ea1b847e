//! Connections to PostgreSQL. SQLx's own pool pings every connection each time that it is returned, which is one more
//! round trip for every statement; here only connections with an abandoned statement are checked. They count among the
//! connections of the pool until the server has finished the statement.
//!
//! - The server ends every statement at its own limit. A connection without an answer a second after that is silent:
//!   something in between has dropped it, and it is closed together with the idle ones.
//! - Of transactions that wait for locks, only a few keep their connections while others wait for one ([`give_way`]).

mod give_way;
pub(super) mod hosts;
mod lease;
pub(super) mod limits;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool::managed::{self, PoolConfig, PoolError, QueueMode, TimeoutType, Timeouts};
use deadpool::{Runtime, Status};
use sea_orm::{ConnAcquireErr, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use tokio::sync::Mutex;

use super::lock_order::{HeldLocks, Lock};
use super::share::TenantShare;
use super::slow::Stopwatch;
use super::standby::LogPosition;
use give_way::{LockWaiters, RetryPacing, gave_up};
use hosts::Hosts;
use lease::Lease;
use session::Manager;
use telemetry::metrics;

/// How long a connection may be idle before it is closed.
const IDLE: Duration = Duration::from_secs(300);

type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// How many connections there may be, and the limits for using them.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    pub most: u32,
    /// How long to wait for a connection.
    pub timeout: Duration,
    /// The server's statement timeout.
    pub statement_timeout: Duration,
    /// Maximum lifetime of a connection; `None`: unlimited.
    pub lifetime: Option<Duration>,
}

/// Connections are opened when they are needed.
#[derive(Clone)]
pub struct Pool {
    connections: managed::Pool<Manager>,
    /// Limits which transactions may wait for locks, and the connections over which the statements of the others are
    /// canceled; `None`: all may.
    seats: Option<(Arc<LockWaiters>, Arc<Self>)>,
    /// The tenant's share to which these connections belong, if any.
    share: Option<Arc<TenantShare>>,
    numbers: Option<Arc<metrics::DatabaseMetrics>>,
    /// From which duration on a statement is logged; `None`: never.
    slow: Option<Duration>,
    /// Called with every statement.
    observer: Option<Observer>,
}

/// A transaction. Dropping it rolls it back.
pub struct Transaction {
    /// `None`: it yielded its connection, and did not get another one.
    connection: Mutex<Option<Lease>>,
    /// Whether it may start again on another connection without anybody noticing.
    only_reads: AtomicBool,
    /// The locks that it has taken, so that their order is checked.
    locks: HeldLocks,
    pool: Pool,
}

impl Pool {
    pub fn new(hosts: Hosts, options: PoolOptions) -> Self {
        let timeouts = Timeouts {
            wait: Some(options.timeout),
            create: Some(options.timeout),
            recycle: Some(options.timeout),
        };
        let config = PoolConfig {
            max_size: options.most as usize,
            timeouts,
            // The connections used last have the most in their caches; the others may be closed.
            queue_mode: QueueMode::Lifo,
        };
        let manager = Manager::new(hosts, options.statement_timeout, options.lifetime);
        let builder = managed::Pool::builder(manager).config(config).runtime(Runtime::Tokio1);
        let connections = builder.build().expect("a runtime is given");
        tokio::spawn(let_go(connections.weak()));
        Self {
            connections,
            seats: None,
            share: None,
            numbers: None,
            slow: None,
            observer: None,
        }
    }

    /// Fails if no server can be reached.
    pub async fn greet(&self) -> Result<(), DbErr> {
        self.get().await.map(drop)
    }

    /// Whether the rows are distributed over several servers.
    pub fn is_distributed(&self) -> bool {
        self.connections.manager().is_distributed()
    }

    /// Makes transactions that wait for locks yield to requests that wait for a connection. Their statements are
    /// canceled over a connection of `teller`.
    pub fn give_way(&mut self, teller: Self) {
        let most = u32::try_from(self.connections.status().max_size).unwrap_or(u32::MAX);
        self.seats = Some((Arc::new(LockWaiters::new(most)), Arc::new(teller)));
    }

    /// Whether the statement of this process had to yield, and was canceled.
    async fn cancel_waiting(&self, process: i32) -> Result<bool, DbErr> {
        Ok(self.query_one(give_way::cancel(process)).await?.is_some())
    }

    /// The same connections, within a tenant's share.
    pub fn share(&self, share: Arc<TenantShare>) -> Self {
        Self {
            share: Some(share),
            ..self.clone()
        }
    }

    /// The connections of another pool, used like those of this one.
    pub fn over(&self, other: &Self) -> Self {
        Self {
            connections: other.connections.clone(),
            seats: None,
            ..self.clone()
        }
    }

    /// Closes the idle connections.
    pub fn close_idle(&self) {
        self.connections.retain(|_, _| false);
    }

    pub fn measure(&mut self, numbers: Arc<metrics::DatabaseMetrics>) {
        self.numbers = Some(numbers);
    }

    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// How many connections there are, how many of them are idle, and how many requests wait for one.
    pub fn status(&self) -> Status {
        self.connections.status()
    }

    /// Waits for what the server is still doing.
    pub async fn close(&self) {
        self.connections.close();
        while self.connections.status().size > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.get().await?;
        let _timer = self.timer(&statement.sql);
        connection.execute(statement).await
    }

    pub async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query(statement).await?.into_iter().next())
    }

    pub async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        observed(self.observer.as_ref(), &statement);
        let mut connection = self.get().await?;
        let _timer = self.timer(&statement.sql);
        connection.query(statement).await
    }

    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        Ok(Transaction {
            connection: Mutex::new(Some(self.begun().await?)),
            only_reads: AtomicBool::new(true),
            locks: HeldLocks::default(),
            pool: self.clone(),
        })
    }

    async fn begun(&self) -> Result<Lease, DbErr> {
        let mut connection = self.get().await?;
        connection.begin().await?;
        Ok(connection)
    }

    /// Whether requests wait for a connection, or for a turn of the same tenant.
    fn is_crowded(&self) -> bool {
        let status = self.connections.status();
        let is_full = status.waiting > 0 && status.size == status.max_size;
        is_full || self.share.as_ref().is_some_and(|share| share.is_waited_for())
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

    async fn get(&self) -> Result<Lease, DbErr> {
        let mut turn = match &self.share {
            Some(share) => Some(share.turn().await),
            None => None,
        };
        let waiting = self.numbers.as_ref().map(|numbers| numbers.time_wait());
        let connection = self.connections.get().await;
        drop(waiting);
        if let Some(turn) = &mut turn {
            turn.begin();
        }
        connection
            .map(|connection| Lease::new(connection, turn))
            .map_err(|error| match error {
                PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
                PoolError::Timeout(TimeoutType::Wait) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
                // The server accepts no connections, or does not answer them.
                PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => {
                    let error = std::io::Error::from(std::io::ErrorKind::TimedOut);
                    DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::Io(error).into()))
                }
                PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
                PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                    unreachable!("the pool has a runtime only")
                }
            })
    }
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

impl Transaction {
    /// Whether the rows are distributed over several servers.
    pub fn is_distributed(&self) -> bool {
        self.pool.is_distributed()
    }

    pub async fn commit(&self) -> Result<(), DbErr> {
        self.last().await?.end("COMMIT").await
    }

    /// Commits, and returns the log position of the database after it: one round trip for both.
    pub async fn commit_and_ask(&self) -> Result<LogPosition, DbErr> {
        self.last().await?.end_and_ask().await
    }

    pub async fn rollback(&self) -> Result<(), DbErr> {
        match self.last().await {
            Ok(connection) => connection.end("ROLLBACK").await,
            // It was rolled back when it yielded its connection.
            Err(_) => Ok(()),
        }
    }

    async fn last(&self) -> Result<Lease, DbErr> {
        self.connection.lock().await.take().ok_or_else(gave_up)
    }

    /// Notes locks that it has taken. It does not give up its connection from now on, with which they would go.
    pub(crate) fn hold(&self, locks: impl Iterator<Item = (Lock, bool)>) {
        self.only_reads.store(false, Ordering::Relaxed);
        self.locks.add(locks);
    }

    /// Removes the time limit of this transaction's statements.
    pub async fn wait_for_ever(&self) {
        if let Some(connection) = self.connection.lock().await.as_mut() {
            connection.wait_for_ever();
        }
    }

    pub async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query(statement).await?.into_iter().next())
    }

    pub async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        observed(self.pool.observer.as_ref(), &statement);
        let mut lease = self.connection.lock().await;
        let _timer = self.pool.timer(&statement.sql);
        let seats = self.pool.seats.as_ref();
        let Some((seats, teller)) = seats.filter(|_| self.only_reads.load(Ordering::Relaxed)) else {
            return held(&mut lease)?.query(statement).await;
        };
        let mut turns = RetryPacing::default();
        loop {
            let connection = held(&mut lease)?;
            let process = connection.process;
            let asked = connection.query(statement.clone());
            let cancel = || teller.cancel_waiting(process);
            if let Some(found) = seats.wait(|| self.pool.is_crowded(), cancel, asked).await? {
                return Ok(found);
            }
            if let Some(connection) = lease.take() {
                connection.end("ROLLBACK").await?;
            }
            turns.pause().await?;
            *lease = Some(self.pool.begun().await?);
        }
    }

    pub async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        observed(self.pool.observer.as_ref(), &statement);
        self.only_reads.store(false, Ordering::Relaxed);
        let mut lease = self.connection.lock().await;
        let _timer = self.pool.timer(&statement.sql);
        held(&mut lease)?.execute(statement).await
    }
}

/// The connection of a transaction that did not give it up for good.
fn held(lease: &mut Option<Lease>) -> Result<&mut Lease, DbErr> {
    lease.as_mut().ok_or_else(gave_up)
}

fn observed(observer: Option<&Observer>, statement: &Statement) {
    if let Some(observer) = observer {
        observer(&statement.sql);
    }
}
