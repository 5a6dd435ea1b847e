//! Whether the database still has what refuses wrong changes: triggers and constraints. SQLite is compared with a new
//! database that the migrations make in memory. So is PostgreSQL, whose tables have the same keys, checks, required columns
//! and unique indexes, and triggers of the same or related names.

mod postgres_constraints;

use std::collections::{BTreeMap, BTreeSet};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, Statement};
use tokio::sync::OnceCell;

use crate::{Connection, StoreError};

/// The objects of a database of SQLite: the statement that made each, by its type, name and table.
type Objects = BTreeMap<(String, String, String), String>;

const OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM sqlite_master
  WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type IN ('table', 'trigger', 'index')";

/// What a new database has.
async fn expected() -> Result<&'static Objects, StoreError> {
    static EXPECTED: OnceCell<Objects> = OnceCell::const_new();
    EXPECTED
        .get_or_try_init(|| async {
            // One connection, since each has a database of its own.
            let options = ConnectOptions::new("sqlite::memory:")
                .max_connections(1)
                .sqlx_logging(false)
                .to_owned();
            let database = Database::connect(options).await?;
            Migrator::up(&database, None).await?;
            objects(&database).await
        })
        .await
}

async fn objects(database: &impl ConnectionTrait) -> Result<Objects, StoreError> {
    let all = Statement::from_string(DbBackend::Sqlite, OBJECTS);
    let rows = database.query_all_raw(all).await?.into_iter().map(|row| {
        let key = (
            row.try_get("", "type")?,
            row.try_get("", "name")?,
            row.try_get("", "tbl_name")?,
        );
        Ok((key, row.try_get("", "sql")?))
    });
    rows.collect()
}

/// The triggers and constraints that are missing, changed or disabled.
pub async fn missing_guards(database: &Connection) -> Result<Vec<String>, StoreError> {
    Ok(match database.get_database_backend() {
        // Its tables are made anew, with the constraints that a distributed table may have.
        _ if database.is_distributed() => Vec::new(),
        DbBackend::Postgres => of_postgres(database).await?,
        _ => of_sqlite(&objects(database).await?, expected().await?),
    })
}

fn of_sqlite(present: &Objects, expected: &Objects) -> Vec<String> {
    let missing = expected.iter().filter(|(key, sql)| present.get(*key) != Some(*sql));
    missing
        .map(|((kind, name, table), _)| match kind.as_str() {
            "table" => format!("the constraints of the table {name}"),
            kind => format!("the {kind} {name} of the table {table}"),
        })
        .collect()
}

const TRIGGERS: &str =
    "SELECT class.relname AS table_name, trigger.tgname AS name, trigger.tgenabled = 'D' AS is_disabled
  FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
  WHERE class.relnamespace = current_schema()::text::regnamespace";

const INDEXES: &str = "SELECT class.relname AS name FROM pg_index AS own
  JOIN pg_class AS class ON class.oid = own.indexrelid
  WHERE class.relnamespace = current_schema()::text::regnamespace AND own.indisvalid";

async fn of_postgres(database: &Connection) -> Result<Vec<String>, StoreError> {
    let ask = |sql: &'static str| database.query_all_raw(Statement::from_string(DbBackend::Postgres, sql));
    let (mut triggers, mut missing) = (BTreeSet::<(String, String)>::new(), Vec::new());
    for row in ask(TRIGGERS).await? {
        let (table, name): (String, String) = (row.try_get("", "table_name")?, row.try_get("", "name")?);
        match row.try_get::<bool>("", "is_disabled")? {
            true => missing.push(format!("the trigger {name} of the table {table}, which is disabled")),
            false => drop(triggers.insert((table, name))),
        }
    }
    let mut indexes = BTreeSet::<String>::new();
    for row in ask(INDEXES).await? {
        indexes.insert(row.try_get("", "name")?);
    }
    let present = postgres_constraints::present(database).await?;
    for ((kind, name, table), sql) in expected().await? {
        match kind.as_str() {
            "trigger" => {
                let names = related(name, table);
                let is_there = |name: &String| triggers.contains(&(table.clone(), name.clone()));
                if !names.is_empty() && !names.iter().any(is_there) {
                    missing.push(format!("the trigger {} of the table {table}", names[0]));
                }
            }
            "index" if sql.starts_with("CREATE UNIQUE") && !indexes.contains(name) => {
                missing.push(format!("the index {name} of the table {table}"));
            }
            "table" => {
                let lacking = postgres_constraints::missing(sql, present.get(name));
                missing.extend(lacking.map(|constraint| format!("{constraint} of the table {name}")));
            }
            _ => {}
        }
    }
    missing.dedup();
    Ok(missing)
}

/// The names that PostgreSQL's trigger may have where SQLite's has this one; none: there may be no such trigger, since a
/// constraint does the same.
fn related(name: &str, table: &str) -> Vec<String> {
    let of_table = |suffix: &str| format!("{table}_{suffix}");
    match name.strip_prefix(table).unwrap_or_default() {
        "_no_update" => vec![of_table("append_only"), of_table("no_update")],
        "_no_delete" => vec![of_table("no_delete"), of_table("append_only")],
        "_no_replace" => vec![of_table("no_truncate")],
        "_keep" => vec![of_table("keep")],
        _ => Vec::new(),
    }
}
