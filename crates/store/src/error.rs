//! Why the database could not answer, and what that means for the caller.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};
use sqlx::Error as SqlxError;

use super::error_code::{cause, code, primary_code};

/// Why the database could not answer. None of it is shown to API callers.
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
    /// The commit was sent, and it is unknown whether the database performed it.
    #[error("the commit was sent and not answered: {0}")]
    Unconfirmed(DbErr),
    #[error("the database takes no writes at present")]
    ReadOnly,
    /// What an operation had read before it took its locks was changed by others meanwhile.
    #[error("others changed what this concerns at the same moment")]
    Raced,
    #[error(
        "others use the database all the time, so that it cannot be brought up to date: end them, or try again later"
    )]
    InUse,
    /// Something that is not supported where rows are distributed over several servers.
    #[error("the rows of this database are spread over several servers: {0}")]
    Distributed(String),
    #[error("the database's URL {0}: it must be like sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME")]
    Url(String),
}

/// PostgreSQL's codes of statement_timeout and lock_timeout.
const LATE: [&str; 2] = ["57014", "55P03"];

/// SQLite's codes that say nothing about the statement: a read-only file, a disk fault, a full disk, a file that does
/// not open.
const UNAVAILABLE_ON_SQLITE: [i32; 4] = [8, 10, 13, 14];

/// SQLite's codes of locks that were not free in time, and of interrupted statements.
const LATE_ON_SQLITE: [i32; 3] = [5, 6, 9];

/// PostgreSQL's codes that say nothing about the statement: the server shuts down, starts, has no room for connections
/// or data, or takes no writes. Class `08` stands for broken connections.
const UNAVAILABLE: [&str; 9] = [
    "57P01", "57P02", "57P03", "57P05", "53100", "53200", "53300", "58030", "25006",
];

/// PostgreSQL's internal errors, with which no commit is rejected.
const INTERNAL: &str = "XX000";

impl StoreError {
    /// Whether this is a timeout: of waiting for a connection or a lock, or of a statement.
    pub fn is_timeout(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
            || match cause(error).and_then(primary_code) {
                Some(code) => LATE_ON_SQLITE.contains(&code),
                None => code(error).is_some_and(|code| LATE.contains(&code.as_ref())),
            }
    }

    /// Whether no database is reachable at present, or none that accepts the operation, or others changed the same at
    /// this moment. The operation was not performed.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::ReadOnly | Self::Raced => true,
            Self::InUse
            | Self::SumTooLarge
            | Self::Corrupt { .. }
            | Self::Unconfirmed(_)
            | Self::Distributed(_)
            | Self::Url(_) => false,
            Self::Database(error) => is_unavailable(error) || is_passing(self),
        }
    }

    /// Whether a standby failed where its primary would not have: it canceled a statement because the rows that it read
    /// had to be removed or locked, or it was asked to write.
    pub fn is_of_recovery(&self) -> bool {
        const CONFLICT: [&str; 3] = ["40001", "40P01", "25006"];
        matches!(self, Self::Database(error) if code(error).is_some_and(|code| CONFLICT.contains(&code.as_ref())))
    }

    /// Whether all connections were in use for longer than callers wait for one.
    pub fn has_no_connection(&self) -> bool {
        matches!(self, Self::Database(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
    }

    /// The error of a COMMIT that was sent: either the database rejected it, or the outcome is unknown.
    pub(super) fn of_commit(error: DbErr) -> Self {
        // An earlier statement ended the transaction, so that no commit was sent.
        let was_over = matches!(error, DbErr::Exec(RuntimeErr::Internal(_)));
        // Citus commits on a tenant's server first, and reports an internal error where that server does not answer.
        let is_refusal = was_over || code(&error).is_some_and(|code| code != INTERNAL) && !is_unavailable(&error);
        if is_refusal {
            Self::Database(error)
        } else {
            Self::Unconfirmed(error)
        }
    }
}

/// Whether a transaction was given up that may well succeed if it is retried at once: because what it had read was
/// changed before it was locked, because of a deadlock, or of two that changed the same row.
pub fn is_passing(error: &StoreError) -> bool {
    const CODES: [&str; 2] = ["40P01", "40001"];
    match error {
        StoreError::Raced => true,
        StoreError::Database(error @ (DbErr::Exec(_) | DbErr::Query(_))) => {
            code(error).is_some_and(|code| CODES.contains(&code.as_ref()))
        }
        _ => false,
    }
}

fn is_unavailable(error: &DbErr) -> bool {
    if let Some(code) = cause(error).and_then(primary_code) {
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
