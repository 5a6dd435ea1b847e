//! One connection, which tracks its state itself instead of relying on SQLx's counter.

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Sqlite, SqliteConnection};

use super::health::FileHealth;
use super::limit::Limit;

pub struct Session {
    inner: SqliteConnection,
    limit: Limit,
    /// Time limit of its next statements; `None`: unlimited. Commands that begin and end transactions have none.
    pub timeout: Option<Duration>,
    /// A statement was begun and has not ended.
    busy: bool,
    in_transaction: bool,
    /// It must not be used again.
    broken: bool,
    /// A statement of the transaction failed. SQLite may have rolled back by itself then (a full disk, a disk fault),
    /// and later statements would be committed one by one.
    failed: bool,
    /// The transaction changed something.
    wrote: bool,
    /// It may use much memory for its changes.
    enlarged: bool,
    /// Notified of its writes, if it is a writing connection.
    health: Option<Arc<FileHealth>>,
}

impl Session {
    /// Whether it can be used again: no statement is under way, no transaction is open, and it is not broken.
    pub fn is_settled(&self) -> bool {
        !self.busy && !self.in_transaction && !self.broken
    }

    /// Interrupts the statement that is under way, if any, since nobody waits for it any more.
    pub fn interrupt(&self) {
        if self.busy {
            self.limit.interrupt();
        }
    }

    /// Waits for the end of an abandoned statement, and rolls back an abandoned transaction. Where it fails, closing
    /// the connection does the same.
    pub async fn settle(&mut self) -> Result<(), DbErr> {
        if self.broken {
            return Err(DbErr::Exec(RuntimeErr::Internal(
                "a transaction did not end".to_owned(),
            )));
        }
        if self.busy {
            self.inner.ping().await.map_err(not_done)?;
            self.busy = false;
        }
        if self.in_transaction {
            self.command("ROLLBACK").await?;
            self.in_transaction = false;
        }
        self.failed = false;
        Ok(())
    }

    /// Begins a transaction. SQLite itself refuses if one is open.
    pub async fn begin(&mut self, command: &'static str) -> Result<(), DbErr> {
        // Set before it is sent: even if it is canceled on its way, the transaction has begun.
        self.in_transaction = true;
        self.wrote = false;
        self.command(command).await
    }

    /// Commits. SQLite itself refuses if there is no transaction any more.
    pub async fn commit(&mut self) -> Result<(), DbErr> {
        if self.failed || self.busy {
            return Err(over(DbErr::Exec));
        }
        let done = self.command("COMMIT").await;
        self.in_transaction = done.is_err();
        self.broken = done.is_err();
        if let (Ok(()), true, Some(health)) = (&done, self.wrote, &self.health) {
            health.wrote();
        }
        done
    }

    pub async fn query(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = prepared(statement);
        let rows = self
            .run(DbErr::Query, async |inner| query.fetch_all(inner).await)
            .await?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    pub async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let query = prepared(statement);
        let row = self
            .run(DbErr::Query, async |inner| query.fetch_optional(inner).await)
            .await?;
        Ok(row.map(QueryResult::from))
    }

    pub async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        let query = prepared(statement);
        let done = self.run(DbErr::Exec, async |inner| query.execute(inner).await).await?;
        Ok(done.into())
    }

    /// Lets the next transaction keep its changes in memory, or not: what does not fit is written twice.
    pub async fn enlarge(&mut self, enlarged: bool) -> Result<(), DbErr> {
        if self.enlarged == enlarged {
            return Ok(());
        }
        self.enlarged = true;
        if enlarged {
            // Up to 1 GiB.
            return self.command("PRAGMA cache_size = -1048576").await;
        }
        self.command("PRAGMA cache_size = -32768").await?;
        self.command("PRAGMA shrink_memory").await?;
        self.enlarged = false;
        Ok(())
    }

    pub async fn close(self) {
        // If closing fails, nothing is lost.
        let _ = self.inner.close().await;
    }

    async fn command(&mut self, command: &'static str) -> Result<(), DbErr> {
        self.limit.set(None);
        self.busy = true;
        let done = sqlx::raw_sql(command).execute(&mut self.inner).await;
        self.busy = is_under_way(&done);
        done.map(drop).map_err(|error| {
            self.note(&error);
            not_done(error)
        })
    }

    fn note(&self, error: &sqlx::Error) {
        if let Some(health) = &self.health {
            health.failed(error);
        }
    }

    async fn run<T>(
        &mut self,
        error: fn(RuntimeErr) -> DbErr,
        run: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, DbErr> {
        if self.busy || self.failed {
            return Err(over(error));
        }
        self.limit.set(self.timeout);
        self.busy = true;
        let result = run(&mut self.inner).await;
        self.busy = is_under_way(&result);
        self.failed = self.in_transaction && result.is_err();
        result.map_err(|cause| {
            self.note(&cause);
            error(RuntimeErr::SqlxError(cause.into()))
        })
    }
}

/// An error that SQLite reports ends the statement, too; any other error leaves the connection in an unknown state.
fn is_under_way<T>(result: &Result<T, sqlx::Error>) -> bool {
    !matches!(result, Ok(_) | Err(sqlx::Error::Database(_)))
}

/// As on PostgreSQL: nothing more is done in a transaction of which a statement failed.
fn over(error: fn(RuntimeErr) -> DbErr) -> DbErr {
    let message = "a statement of this transaction failed or was given up, and nothing more is done in it";
    error(RuntimeErr::Internal(message.to_owned()))
}

fn not_done(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn prepared(statement: Statement) -> sqlx::query::Query<'static, Sqlite, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// Opens connections, and checks them before they are used again.
pub struct Manager {
    pub options: SqliteConnectOptions,
    /// For connections that write.
    pub health: Option<Arc<FileHealth>>,
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Session, sqlx::Error> {
        let connected = self.options.connect().await;
        if let (Err(error), Some(health)) = (&connected, &self.health) {
            health.failed(error);
        }
        let mut inner = connected?;
        Ok(Session {
            limit: Limit::of(&mut inner).await?,
            inner,
            timeout: None,
            busy: false,
            in_transaction: false,
            broken: false,
            failed: false,
            wrote: false,
            enlarged: false,
            health: self.health.clone(),
        })
    }

    async fn recycle(&self, connection: &mut Session, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if !connection.is_settled() {
            return Err(RecycleError::message("nobody knows what it is doing"));
        }
        Ok(())
    }
}
