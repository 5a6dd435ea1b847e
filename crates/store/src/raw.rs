//! Runs statements that are written as SQL text, with values for `$1`, `$2`, ...

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use super::{Connection, StoreError};

/// All rows found.
pub async fn rows(
    database: &Connection,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    Ok(database.query_all_raw(statement(database, sql, values)).await?)
}

/// The first row found.
pub async fn first(
    database: &Connection,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<QueryResult>, StoreError> {
    Ok(database.query_one_raw(statement(database, sql, values)).await?)
}

/// Runs a statement that changes rows; returns how many.
pub async fn execute(
    database: &Connection,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, StoreError> {
    let done = database.execute_raw(statement(database, sql, values)).await?;
    Ok(done.rows_affected())
}

fn statement(database: &Connection, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(database.get_database_backend(), sql, values)
}
