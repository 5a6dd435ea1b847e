//! Where statements run: outside of transactions, or in one.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::engine_transaction::EngineTransaction;
use super::lock_order::Lock;
use super::share::TenantShare;
use super::standby::StandbyReads;
use super::{StoreError, postgres, sqlite};
use telemetry::metrics;

/// Runs statements. What reads takes one of these: the connections of a [`Store`](super::Store) for reading, or a
/// [`Transaction`](super::Transaction), which derefs to its own.
#[derive(Clone)]
pub enum Connection {
    /// Reads outside of transactions.
    Sqlite(sqlite::Pool),
    Postgres(postgres::Pool),
    /// For one query, from a standby of PostgreSQL.
    Standby(StandbyReads),
    /// Reads that all see one snapshot.
    Snapshot(EngineTransaction),
    /// Ended by the [`Transaction`](super::Transaction) that it belongs to.
    Transaction(EngineTransaction),
}

/// Does the same with any of them.
macro_rules! any {
    ($connection:expr, $run:ident($statement:expr)) => {
        match $connection {
            Connection::Sqlite(pool) => pool.$run($statement).await,
            Connection::Postgres(pool) => pool.$run($statement).await,
            Connection::Standby(reads) => reads.$run($statement).await,
            Connection::Snapshot(transaction) | Connection::Transaction(transaction) => match transaction {
                EngineTransaction::Sqlite(transaction) => transaction.$run($statement).await,
                EngineTransaction::Postgres(transaction) => transaction.$run($statement).await,
            },
        }
    };
}

impl Connection {
    pub(super) fn observe(&mut self, observer: Arc<dyn Fn(&str) + Send + Sync>) {
        match self {
            Self::Sqlite(pool) => pool.observe(observer),
            Self::Postgres(pool) => pool.observe(observer),
            // They were created by a store that is observed.
            Self::Standby(_) | Self::Snapshot(_) | Self::Transaction(_) => {}
        }
    }

    /// The same connections, within a tenant's share.
    pub(super) fn share(&self, share: Arc<TenantShare>) -> Self {
        match self {
            Self::Sqlite(pool) => Self::Sqlite(pool.share(share)),
            Self::Postgres(pool) => Self::Postgres(pool.share(share)),
            Self::Standby(reads) => Self::Standby(reads.share(share)),
            // A connection that is held already is not waited for again.
            Self::Snapshot(_) | Self::Transaction(_) => self.clone(),
        }
    }

    pub(super) fn measure(&mut self, numbers: &Arc<metrics::DatabaseMetrics>) {
        match self {
            Self::Sqlite(pool) => pool.measure(numbers.clone()),
            Self::Postgres(pool) => pool.measure(numbers.clone()),
            Self::Standby(_) | Self::Snapshot(_) | Self::Transaction(_) => {}
        }
    }

    pub(super) fn log_slow(&mut self, slow: Duration) {
        match self {
            Self::Sqlite(pool) => pool.log_slow(slow),
            Self::Postgres(pool) => pool.log_slow(slow),
            Self::Standby(_) | Self::Snapshot(_) | Self::Transaction(_) => {}
        }
    }

    /// Makes an operation that reads from a standby start again on the primary: what it needs now is only there.
    pub(super) fn leave(&self) -> StoreError {
        if let Self::Standby(reads) = self {
            reads.leave();
        }
        StoreError::ReadOnly
    }

    pub(super) async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
            Self::Standby(_) | Self::Snapshot(_) | Self::Transaction(_) => {}
        }
    }

    /// Whether all writers of the database queue for one connection.
    pub fn has_single_writer(&self) -> bool {
        self.get_database_backend() == DbBackend::Sqlite
    }

    /// Whether [`Writes`](super::Writes) to several tables are sent as one statement.
    pub fn writes_in_one_statement(&self) -> bool {
        self.get_database_backend() == DbBackend::Postgres
    }

    /// Notes locks that this transaction has taken, in this order, each with whether it is exclusive. From now on, the
    /// transaction keeps its connection.
    pub(super) fn hold(&self, locks: impl Iterator<Item = (Lock, bool)>) {
        if let Self::Transaction(EngineTransaction::Postgres(transaction)) = self {
            transaction.hold(locks);
        }
    }

    /// Whether rows are distributed over several servers.
    pub(super) fn is_distributed(&self) -> bool {
        match self {
            Self::Postgres(pool) => pool.is_distributed(),
            Self::Snapshot(transaction) | Self::Transaction(transaction) => match transaction {
                EngineTransaction::Postgres(transaction) => transaction.is_distributed(),
                EngineTransaction::Sqlite(_) => false,
            },
            // Standbys are not read from where rows are distributed.
            Self::Sqlite(_) | Self::Standby(_) => false,
        }
    }

    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        any!(self, execute(statement))
    }

    async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        any!(self, query_one(statement))
    }

    async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        any!(self, query(statement))
    }
}

#[async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) | Self::Standby(_) => DbBackend::Postgres,
            Self::Snapshot(transaction) | Self::Transaction(transaction) => match transaction {
                EngineTransaction::Sqlite(_) => DbBackend::Sqlite,
                EngineTransaction::Postgres(_) => DbBackend::Postgres,
            },
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute(Statement::from_string(self.get_database_backend(), sql))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.query(statement).await
    }
}
