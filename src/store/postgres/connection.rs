//! One connection, which knows whether a statement is under way on it.

use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, Postgres};

use super::limits;

/// A connection that was idle for so long is asked whether it lives before it is used.
const DOUBTFUL: Duration = Duration::from_secs(30);

pub struct Connection {
    inner: PgConnection,
    /// A statement was begun and has not come to its end: what comes next is its answer, whoever asks.
    busy: bool,
    pub in_transaction: bool,
}

impl Connection {
    /// Whether anybody may use it.
    pub fn is_settled(&self) -> bool {
        !self.busy && !self.in_transaction
    }

    /// Waits for the end of a statement that was given up, and undoes a transaction that was.
    pub async fn settle(&mut self) -> Result<(), DbErr> {
        if self.busy {
            let ping = self.run(async |inner| inner.ping().await).await;
            ping.map_err(not_done)?;
        }
        if self.in_transaction {
            self.command("ROLLBACK").await?;
            self.in_transaction = false;
        }
        Ok(())
    }

    pub async fn query(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = prepared(statement);
        let found = self.run(async |inner| query.fetch_all(inner).await).await;
        let rows = found.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    pub async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        let query = prepared(statement);
        let done = self.run(async |inner| query.execute(inner).await).await;
        Ok(done.map_err(not_done)?.into())
    }

    /// Begins or ends a transaction.
    pub async fn command(&mut self, command: &'static str) -> Result<(), DbErr> {
        let done = self
            .run(async |inner| sqlx::raw_sql(command).execute(inner).await)
            .await;
        done.map(drop).map_err(not_done)
    }

    async fn run<T>(
        &mut self,
        run: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        self.busy = true;
        let result = run(&mut self.inner).await;
        // An error that the server tells is an end, too; any other leaves the connection where nobody knows.
        self.busy = !matches!(result, Ok(_) | Err(sqlx::Error::Database(_)));
        result
    }
}

fn not_done(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn prepared(statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
    let (sql, values) = limits::written(statement.sql, statement.values.map_or_else(Vec::new, |values| values.0));
    sqlx::query_with(AssertSqlSafe(sql), SqlxValues(Values(values)))
}

/// Makes connections, and looks at them before they are used again.
pub struct Manager(PgConnectOptions);

impl Manager {
    pub fn new(options: PgConnectOptions) -> Self {
        Self(options)
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Connection, sqlx::Error> {
        let inner = self.0.connect().await?;
        Ok(Connection {
            inner,
            busy: false,
            in_transaction: false,
        })
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if !connection.is_settled() {
            return Err(RecycleError::message("nobody knows what it is doing"));
        }
        if metrics.last_used() > DOUBTFUL {
            connection.run(async |inner| inner.ping().await).await?;
        }
        Ok(())
    }
}
