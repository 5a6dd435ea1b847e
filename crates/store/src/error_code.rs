//! The codes by which the databases tell their errors apart.

use std::borrow::Cow;

use sea_orm::{DbErr, RuntimeErr};
use sqlx::Error as SqlxError;
use sqlx::sqlite::SqliteError;

/// The error of the database's driver, if there is one.
pub fn cause(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// The database's own error code.
pub fn code(error: &DbErr) -> Option<Cow<'_, str>> {
    cause(error)?.as_database_error()?.code()
}

/// SQLite's primary result code, without its extension.
pub fn primary_code(error: &SqlxError) -> Option<i32> {
    let error = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
    let code: i32 = sqlx::error::DatabaseError::code(error)?.parse().ok()?;
    Some(code & 0xff)
}
