//! Connections for reading.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::share::TenantShare;
use super::standby::StandbyReads;
use super::{StoreError, Transaction, postgres, sqlite};
use telemetry::metrics;

/// Reads outside of transactions, or all of them in one that sees one snapshot.
#[derive(Clone)]
pub enum Reader {
    Sqlite(sqlite::Pool),
    Postgres(postgres::Pool),
    /// For one query, from a standby of PostgreSQL.
    Standby(StandbyReads),
    Moment(Arc<Transaction>),
}

/// Does the same with any of them.
macro_rules! either {
    ($reader:expr, $connection:ident => $run:expr) => {
        match $reader {
            Reader::Sqlite($connection) => $run,
            Reader::Postgres($connection) => $run,
            Reader::Standby($connection) => $run,
            Reader::Moment($connection) => $run,
        }
    };
}

impl Reader {
    pub(super) fn observe(&mut self, observer: Arc<dyn Fn(&str) + Send + Sync>) {
        match self {
            Self::Sqlite(pool) => pool.observe(observer),
            Self::Postgres(pool) => pool.observe(observer),
            // They were created by a store that is observed.
            Self::Standby(_) | Self::Moment(_) => {}
        }
    }

    /// The same connections, within a tenant's share.
    pub(super) fn share(&self, share: Arc<TenantShare>) -> Self {
        match self {
            Self::Sqlite(pool) => Self::Sqlite(pool.share(share)),
            Self::Postgres(pool) => Self::Postgres(pool.share(share)),
            Self::Standby(reads) => Self::Standby(reads.share(share)),
            // A connection that is held already is not waited for again.
            Self::Moment(moment) => Self::Moment(moment.clone()),
        }
    }

    pub(super) fn measure(&mut self, numbers: &Arc<metrics::DatabaseMetrics>) {
        match self {
            Self::Sqlite(pool) => pool.measure(numbers.clone()),
            Self::Postgres(pool) => pool.measure(numbers.clone()),
            Self::Standby(_) | Self::Moment(_) => {}
        }
    }

    pub(super) fn log_slow(&mut self, slow: Duration) {
        match self {
            Self::Sqlite(pool) => pool.log_slow(slow),
            Self::Postgres(pool) => pool.log_slow(slow),
            Self::Standby(_) | Self::Moment(_) => {}
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
            Self::Standby(_) | Self::Moment(_) => {}
        }
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        either!(self, connection => connection.get_database_backend())
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        either!(self, connection => connection.execute_raw(statement).await)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "hands on what somebody else is not allowed to call"
    )]
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        either!(self, connection => connection.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        either!(self, connection => connection.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        either!(self, connection => connection.query_all_raw(statement).await)
    }
}
