//! What reverting a migration would drop, found out by reverting it in a transaction that is rolled back.

use std::collections::BTreeSet;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::migrating::{begin, refuse_migrating_down};
use super::{Store, StoreError};

/// What is lost with the newest migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationLoss {
    pub migration: String,
    /// The dropped tables, each with its number of rows.
    pub tables: Vec<(String, i64)>,
    /// The dropped columns of tables that stay, as `table.column`.
    pub columns: Vec<String>,
}

/// What [`super::migrate_down`] would drop; `None`: no migration has been applied.
pub async fn loss_of_migrating_down(store: &Store) -> Result<Option<MigrationLoss>, StoreError> {
    let transaction = begin(store).await?;
    refuse_migrating_down(&transaction).await?;
    let applied = Migrator::get_applied_migrations(&transaction).await?;
    let Some(newest) = applied.last() else {
        return Ok(None);
    };
    let migration = newest.name().to_owned();
    let before = columns(&transaction).await?;
    // The migrator logs that it reverts the migration, which would mislead readers of the log.
    let taken_back = Migrator::down(&transaction, Some(1)).with_subscriber(NoSubscriber::new());
    taken_back.await?;
    let after = columns(&transaction).await?;
    transaction.rollback().await?;

    let remaining: BTreeSet<_> = after.iter().map(|(table, _)| table).collect();
    let (mut tables, mut columns) = (Vec::<(String, i64)>::new(), Vec::new());
    for (table, column) in before.difference(&after) {
        if remaining.contains(table) {
            columns.push(format!("{table}.{column}"));
        } else if tables.last().is_none_or(|(last, _)| last != table) {
            tables.push((table.clone(), count(store, table).await?));
        }
    }
    Ok(Some(MigrationLoss {
        migration,
        tables,
        columns,
    }))
}

/// All columns of all tables.
async fn columns(connection: &impl ConnectionTrait) -> Result<BTreeSet<(String, String)>, StoreError> {
    let backend = connection.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => {
            "SELECT sqlite_schema.name AS owner, column_of.name AS member \
             FROM sqlite_schema JOIN pragma_table_info(sqlite_schema.name) AS column_of \
             WHERE sqlite_schema.type = 'table'"
        }
        _ => {
            "SELECT CAST(table_name AS text) AS owner, CAST(column_name AS text) AS member \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await?;
    let pairs = rows
        .iter()
        .map(|row| Ok((row.try_get("", "owner")?, row.try_get("", "member")?)));
    Ok(pairs.collect::<Result<_, DbErr>>()?)
}

/// `table` comes from the database's own catalog.
async fn count(store: &Store, table: &str) -> Result<i64, StoreError> {
    let backend = store.single.get_database_backend();
    let sql = format!("SELECT COUNT(*) AS number FROM \"{table}\"");
    let row = store.single.query_one_raw(Statement::from_string(backend, sql)).await?;
    Ok(row
        .map(|row| row.try_get("", "number"))
        .transpose()?
        .unwrap_or_default())
}
