//! What differs from the settings of the session for one transaction of PostgreSQL. SQLite needs none of it.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Connection, StoreError};

/// Lifts the server's limits on how long this transaction's statements may run and wait, and how long it may be idle;
/// SQLite has none.
pub(super) async fn lift_limits(transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        for setting in [
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
        ] {
            let unlimited = Statement::from_string(backend, format!("SET LOCAL {setting} = 0"));
            transaction.execute_raw(unlimited).await?;
        }
    }
    Ok(())
}

/// Prepares a transaction for reading a list from its first page to its last one. It may be idle for `pause`, or for
/// ever; SQLite does not end idle transactions. PostgreSQL plans for the bound values: a generic plan may find the rows
/// of a long range by an index on that range and sort them anew for every page.
pub(super) async fn read_page_by_page(transaction: &Connection, pause: Option<Duration>) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let longest = pause.map_or(0, |pause| pause.as_millis());
        for command in [
            format!("SET LOCAL idle_in_transaction_session_timeout = {longest}"),
            "SET LOCAL plan_cache_mode = force_custom_plan".to_owned(),
        ] {
            transaction
                .execute_raw(Statement::from_string(backend, command))
                .await?;
        }
    }
    Ok(())
}

/// Makes PostgreSQL show the state at the transaction's first statement, as SQLite always does.
pub(super) async fn use_one_snapshot(transaction: &Connection) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let command = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        transaction
            .execute_raw(Statement::from_string(backend, command))
            .await?;
    }
    Ok(())
}
