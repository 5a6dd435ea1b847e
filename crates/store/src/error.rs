//! Why the database could not answer, and what that means to whoever asked.

use std::borrow::Cow;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};
use sqlx::Error as SqlxError;

use super::sqlite;

/// Why the database could not answer. Nothing of it is for callers' eyes.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error("a sum would be too large")]
    SumTooLarge,
    #[error("{table}.{column} holds {value:?}, which no version of Tributary writes")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        value: String,
    },
    /// The commit was sent, and nobody knows whether the database did it.
    #[error("the commit was sent and not answered: {0}")]
    Unconfirmed(DbErr),
    #[error("the database takes no writes at present")]
    ReadOnly,
    #[error(
        "others use the database all the time, so that it cannot be brought up to date: end them, or try again later"
    )]
    InUse,
    /// What is not done where rows are spread over several servers.
    #[error("the rows of this database are spread over several servers: {0}")]
    Distributed(String),
    #[error("the database's URL {0}: it must be like sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME")]
    Url(String),
}

/// PostgreSQL's statement_timeout and lock_timeout.
const LATE: [&str; 2] = ["57014", "55P03"];

/// SQLite's that are no answer to the statement: a file that is read-only, a fault of the disk, a full disk, a file that
/// does not open.
const UNAVAILABLE_ON_SQLITE: [i32; 4] = [8, 10, 13, 14];

/// SQLite's locks that were not free in time, and interrupted statements.
const LATE_ON_SQLITE: [i32; 3] = [5, 6, 9];

/// Those of PostgreSQL that are no answer to the statement: the server ends, begins, has no room for connections or for
/// data, or takes no writes. `08` are connections that broke.
const UNAVAILABLE: [&str; 9] = [
    "57P01", "57P02", "57P03", "57P05", "53100", "53200", "53300", "58030", "25006",
];

/// PostgreSQL's internal errors, which no commit is refused with.
const INTERNAL: &str = "XX000";

impl StoreError {
    /// Whether it gave up waiting: for a connection, for a lock, or for a statement that took too long.
    pub fn is_timeout(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
            || match cause(error).and_then(sqlite::primary_code) {
                Some(code) => LATE_ON_SQLITE.contains(&code),
                None => code(error).is_some_and(|code| LATE.contains(&code.as_ref())),
            }
    }

    /// Whether there is no database to talk to at present, or none that takes what it was told. What was asked for was not
    /// done.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::ReadOnly => true,
            Self::InUse
            | Self::SumTooLarge
            | Self::Corrupt { .. }
            | Self::Unconfirmed(_)
            | Self::Distributed(_)
            | Self::Url(_) => false,
            Self::Database(error) => is_unavailable(error),
        }
    }

    /// Whether a standby did not do what its primary does: it ended a statement because what that read had to go or to be
    /// locked, or it was asked to write.
    pub fn is_of_recovery(&self) -> bool {
        const CONFLICT: [&str; 3] = ["40001", "40P01", "25006"];
        matches!(self, Self::Database(error) if code(error).is_some_and(|code| CONFLICT.contains(&code.as_ref())))
    }

    /// Whether all connections were in use for longer than anybody waits for one.
    pub fn has_no_connection(&self) -> bool {
        matches!(self, Self::Database(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
    }

    /// The error of a COMMIT that was sent: either the database refused it, or nobody knows.
    pub(super) fn of_commit(error: DbErr) -> Self {
        // What a statement before has ended already is no commit that was sent.
        let was_over = matches!(error, DbErr::Exec(RuntimeErr::Internal(_)));
        // Citus commits on a tenant's server first, and says so where it hears nothing from there.
        let is_refusal = was_over || code(&error).is_some_and(|code| code != INTERNAL) && !is_unavailable(&error);
        if is_refusal {
            Self::Database(error)
        } else {
            Self::Unconfirmed(error)
        }
    }
}

fn is_unavailable(error: &DbErr) -> bool {
    if let Some(code) = cause(error).and_then(sqlite::primary_code) {
        return UNAVAILABLE_ON_SQLITE.contains(&code);
    }
    if let Some(code) = code(error) {
        return UNAVAILABLE.contains(&code.as_ref()) || code.starts_with("08");
    }
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => true,
        _ => matches!(
            cause(error),
            Some(
                SqlxError::Io(_)
                    | SqlxError::Tls(_)
                    | SqlxError::Protocol(_)
                    | SqlxError::PoolClosed
                    | SqlxError::WorkerCrashed
            )
        ),
    }
}

fn cause(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// The database's own code of its refusal.
fn code(error: &DbErr) -> Option<Cow<'_, str>> {
    cause(error)?.as_database_error()?.code()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> SqlxError {
        SqlxError::Io(std::io::ErrorKind::ConnectionReset.into())
    }

    #[test]
    fn a_connection_that_broke_is_no_fault_of_ours() {
        let runtime = || RuntimeErr::SqlxError(broken().into());
        for error in [
            DbErr::Conn(runtime()),
            DbErr::Exec(runtime()),
            DbErr::Query(runtime()),
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        ] {
            let error = StoreError::from(error);
            assert!(error.is_unavailable() && !error.is_timeout(), "{error}");
        }
        let late = StoreError::from(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        assert!(late.is_timeout() && !late.is_unavailable());
        let wrong = StoreError::from(DbErr::RecordNotFound("a row".to_owned()));
        assert!(!wrong.is_timeout() && !wrong.is_unavailable());
    }

    #[test]
    fn nobody_knows_what_became_of_a_commit_without_an_answer() {
        let error = StoreError::of_commit(DbErr::Exec(RuntimeErr::SqlxError(broken().into())));
        assert!(matches!(error, StoreError::Unconfirmed(_)));
        assert!(!error.is_unavailable() && !error.is_timeout());
    }
}
