//! Connections to PostgreSQL. SQLx's own pool asks every connection for a sign of life each time that it is given back,
//! which is a round trip more for every statement; here only those are asked whose statement was given up. They count
//! among the connections until the server has come to its end with it.

mod connection;
mod lease;
pub(super) mod limits;

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, PoolConfig, PoolError, QueueMode, Timeouts};
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::Mutex;

use connection::{Connection, Manager};
use lease::Lease;

/// Connections that nobody used for so long are closed.
const IDLE: Duration = Duration::from_secs(300);

type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// Connections are made when they are needed.
#[derive(Clone)]
pub struct Pool {
    connections: managed::Pool<Manager>,
    /// Hears of every statement.
    observer: Option<Observer>,
}

/// A transaction. Dropping it undoes what it did.
pub struct Transaction {
    connection: Mutex<Lease>,
    observer: Option<Observer>,
}

impl Pool {
    /// `patience` is how long to wait for a connection.
    pub async fn connect(options: PgConnectOptions, most: u32, patience: Duration) -> Result<Self, DbErr> {
        let timeouts = Timeouts {
            wait: Some(patience),
            create: Some(patience),
            recycle: Some(patience),
        };
        let config = PoolConfig {
            max_size: most as usize,
            timeouts,
            // Those used last have the most in their caches; the others may go.
            queue_mode: QueueMode::Lifo,
        };
        let builder = managed::Pool::builder(Manager::new(options))
            .config(config)
            .runtime(Runtime::Tokio1);
        let connections = builder.build().expect("a runtime is given");
        let pool = Self {
            connections,
            observer: None,
        };
        // Says at once if there is nobody to talk to.
        drop(pool.get().await?);
        tokio::spawn(let_go(pool.connections.weak()));
        Ok(pool)
    }

    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// How many connections there are, and how many of them are idle.
    pub fn size(&self) -> (u32, usize) {
        let status = self.connections.status();
        (u32::try_from(status.size).unwrap_or(u32::MAX), status.available)
    }

    /// Waits for what the server still does.
    pub async fn close(&self) {
        self.connections.close();
        while self.connections.status().size > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let mut connection = self.get().await?;
        connection.begin().await?;
        Ok(Transaction {
            connection: Mutex::new(connection),
            observer: self.observer.clone(),
        })
    }

    async fn get(&self) -> Result<Lease, DbErr> {
        let connection = self.connections.get().await;
        connection.map(Lease::new).map_err(|error| match error {
            PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
            PoolError::Timeout(_) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => unreachable!("the pool has a runtime only"),
        })
    }
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
        self.connection.into_inner().end("COMMIT").await
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.connection.into_inner().end("ROLLBACK").await
    }

    async fn with<T>(
        &self,
        statement: Statement,
        run: impl AsyncFnOnce(&mut Connection, Statement) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        observed(self.observer.as_ref(), &statement);
        run(&mut *self.connection.lock().await, statement).await
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
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        observed(self.observer.as_ref(), &statement);
        self.get().await?.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, []);
        self.execute_raw(statement).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        observed(self.observer.as_ref(), &statement);
        self.get().await?.query(statement).await
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.execute(statement).await
        })
        .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, []);
        self.execute_raw(statement).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.with(statement, async |connection, statement| {
            connection.query(statement).await
        })
        .await
    }
}
