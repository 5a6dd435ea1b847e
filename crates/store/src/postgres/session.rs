//! One connection, which tracks whether a statement is under way on it, and until when it must be answered.

use std::io;
use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::{PgDatabaseError, PgSeverity};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Row as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::hosts::{HostSession, Hosts};
use super::limits;
use crate::citus::planning;
use crate::standby::position::COMMIT_AND_ASK;

/// How long a connection may have been idle before it is checked when it is used again.
const CHECK_AFTER_IDLE: Duration = Duration::from_secs(5);

/// How long that check may take.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// The server aborts a statement at its own limit; if it has not reported so within this time, it is silent.
const MARGIN: Duration = Duration::from_secs(1);

pub struct Session {
    inner: PgConnection,
    /// The server's process, by which others can cancel what it does.
    pub process: i32,
    /// A statement was begun and has not ended: the next message is its answer, whoever reads it.
    busy: bool,
    pub in_transaction: bool,
    /// How long a statement may go without an answer; `None`: for ever.
    timeout: Option<Duration>,
    /// When the statement that is under way must have been answered.
    due: Option<Instant>,
    /// It broke, or an answer did not arrive in time. Nothing more will arrive.
    lost: bool,
    /// Whether the server forwards statements to several others.
    is_distributed: bool,
}

impl Session {
    /// Whether it can be used again: no statement is under way, and no transaction is open.
    pub fn is_settled(&self) -> bool {
        !self.busy && !self.in_transaction
    }

    /// Whether it broke, or went without an answer for longer than the server takes for any.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// From now on, waits for answers without a limit.
    pub fn wait_for_ever(&mut self) {
        self.timeout = None;
    }

    /// Waits for the end of an abandoned statement, for as long as that statement had, and rolls back an abandoned
    /// transaction.
    pub async fn settle(&mut self) -> Result<(), DbErr> {
        if self.busy {
            let ping = self.inner.ping();
            let pong = match self.due {
                Some(due) => timeout_at(due, ping).await.unwrap_or_else(|_| Err(silence())),
                None => ping.await,
            };
            self.lost = pong.is_err();
            pong.map_err(not_done)?;
            self.busy = false;
        }
        if self.in_transaction {
            self.command("ROLLBACK").await?;
            self.in_transaction = false;
        }
        Ok(())
    }

    pub async fn query(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = self.prepared(statement);
        let found = self.run(async |inner| query.fetch_all(inner).await).await;
        let rows = found.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    pub async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        let query = self.prepared(statement);
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

    /// Commits, and returns the answer to [`COMMIT_AND_ASK`].
    pub async fn commit_and_ask(&mut self) -> Result<(String, String), DbErr> {
        let ended = self.run(async |inner| {
            let row = sqlx::raw_sql(COMMIT_AND_ASK).fetch_one(inner).await?;
            Ok((row.try_get(0)?, row.try_get(1)?))
        });
        ended.await.map_err(not_done)
    }

    fn prepared(&self, statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
        let sql = match self.is_distributed {
            true => planning::routable(statement.sql),
            false => statement.sql,
        };
        let (sql, values) = limits::written(sql, statement.values.map_or_else(Vec::new, |values| values.0), &[]);
        sqlx::query_with(AssertSqlSafe(sql), SqlxValues(Values(values)))
    }

    async fn run<T>(
        &mut self,
        run: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        self.busy = true;
        self.due = self.timeout.map(|timeout| Instant::now() + timeout);
        let answer = run(&mut self.inner);
        let result = match self.due {
            Some(due) => timeout_at(due, answer).await.unwrap_or_else(|_| Err(silence())),
            None => answer.await,
        };
        let result = result.map_err(|error| if knows_other_tables(&error) { changed() } else { error });
        self.lost = result.as_ref().err().is_some_and(loses);
        // An error that the server reports ends the statement, too; any other error leaves the connection in an unknown
        // state.
        self.busy = self.lost || !matches!(result, Ok(_) | Err(sqlx::Error::Database(_)));
        result
    }
}

/// Whether the connection is unusable after this error.
fn loses(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        // The server reports why it ends the session; or it takes no writes any more, and another server may.
        sqlx::Error::Database(error) => {
            let told = error.try_downcast_ref::<PgDatabaseError>();
            let ends = told.is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic));
            ends || error.code().is_some_and(|code| code == "25006")
        }
        _ => false,
    }
}

/// Whether a migration has changed the columns of a statement that this connection prepared before. The statement would
/// fail for as long as the connection is used.
fn knows_other_tables(error: &sqlx::Error) -> bool {
    let told = error.as_database_error();
    let told = told.and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    // The code only says that something is not supported, and the text is in the server's language.
    told.is_some_and(|error| error.code() == "0A000" && error.routine() == Some("RevalidateCachedQuery"))
}

/// Reported as a lost connection: nothing was done, and another connection can do it.
fn changed() -> sqlx::Error {
    io::Error::new(
        io::ErrorKind::ConnectionReset,
        "the tables were changed since the connection was made",
    )
    .into()
}

fn silence() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the database does not answer any more").into()
}

fn not_done(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

/// Opens connections, and checks them before they are used again.
pub struct Manager {
    hosts: Hosts,
    /// The server's statement timeout.
    statement_timeout: Duration,
    /// Maximum lifetime of a connection; `None`: unlimited.
    lifetime: Option<Duration>,
}

impl Manager {
    pub fn new(hosts: Hosts, statement_timeout: Duration, lifetime: Option<Duration>) -> Self {
        Self {
            hosts,
            statement_timeout,
            lifetime,
        }
    }

    pub fn is_distributed(&self) -> bool {
        self.hosts.is_distributed()
    }
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Session, sqlx::Error> {
        let HostSession {
            connection,
            process,
            is_distributed,
            ..
        } = self.hosts.reach().await?;
        Ok(Session {
            inner: connection,
            process,
            busy: false,
            in_transaction: false,
            timeout: Some(self.statement_timeout + MARGIN),
            due: None,
            lost: false,
            is_distributed,
        })
    }

    async fn recycle(&self, connection: &mut Session, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if !connection.is_settled() {
            return Err(RecycleError::message("nobody knows what it is doing"));
        }
        if self.lifetime.is_some_and(|lifetime| metrics.age() > lifetime) {
            return Err(RecycleError::message("it was used for long enough"));
        }
        connection.timeout = Some(self.statement_timeout + MARGIN);
        if metrics.last_used() > CHECK_AFTER_IDLE {
            let ping = timeout(PING_TIMEOUT, connection.run(async |inner| inner.ping().await));
            ping.await.unwrap_or_else(|_| Err(silence()))?;
        }
        Ok(())
    }
}
