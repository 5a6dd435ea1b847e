//! What SQLite and PostgreSQL spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs `sql` statement by statement (separated by lines that hold only `--`) with the placeholders filled in:
///
/// - `{id}`: a UUID; 16 bytes on both engines, so that both sort it the same way
/// - `{time}`: UTC to the microsecond; RFC 3339 text on SQLite, which sorts as time does
/// - `{json}`: a JSON document
/// - `{bytes}`: a short binary value
/// - `{serial}`: an auto-incrementing primary key
/// - `{sorted}`: text that is compared byte by byte on both engines, whatever the server's locale
#[expect(
    clippy::disallowed_methods,
    reason = "constant statements of many kinds, outside of any request"
)]
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => fill(
            sql,
            [
                ("{id}", "uuid"),
                ("{time}", "timestamptz"),
                ("{json}", "jsonb"),
                ("{bytes}", "bytea"),
                ("{serial}", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
                ("{sorted}", "text COLLATE \"C\""),
            ],
        ),
        _ => fill(
            sql,
            [
                ("{id}", "blob"),
                ("{time}", "text"),
                ("{json}", "text"),
                ("{bytes}", "blob"),
                ("{serial}", "integer PRIMARY KEY AUTOINCREMENT"),
                ("{sorted}", "text"),
            ],
        ),
    };
    for statement in sql.split("\n--\n") {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Makes rows of `table` final: neither engine changes or deletes them, nor replaces them (SQLite's INSERT OR REPLACE
/// deletes without firing delete triggers, so it is refused before the insert) nor truncates them (PostgreSQL).
pub async fn make_append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    make_append_only_by(manager, table, "id = NEW.id").await
}

/// Like [`make_append_only`], for a table whose primary key is the tenant and what `key`, a condition on NEW, compares.
pub async fn make_append_only_by(manager: &SchemaManager<'_>, table: &str, key: &str) -> Result<(), DbErr> {
    let sql = match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => POSTGRES_APPEND_ONLY,
        _ => SQLITE_APPEND_ONLY,
    };
    run(manager, &sql.replace("{table}", table).replace("{key}", key)).await
}

/// Prevents INSERT OR REPLACE from replacing a row of another id that is equal by `key`, a condition on NEW. To be
/// called for every unique index of an append-only table; PostgreSQL replaces by updating, which is refused anyway.
pub async fn refuse_replacing(manager: &SchemaManager<'_>, table: &str, key: &str) -> Result<(), DbErr> {
    match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => Ok(()),
        _ => {
            run(
                manager,
                &SQLITE_REFUSE_REPLACING.replace("{table}", table).replace("{key}", key),
            )
            .await
        }
    }
}

const SQLITE_REFUSE_REPLACING: &str = "
CREATE TRIGGER {table}_no_replace_by_key BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE tenant_id = NEW.tenant_id AND {key})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

const POSTGRES_APPEND_ONLY: &str = "
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
--
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
--
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()";

const SQLITE_APPEND_ONLY: &str = "
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE tenant_id = NEW.tenant_id AND {key} OR rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

/// Makes `columns` of `table` final, and the table's rows impossible to delete, replace or truncate. `also` is a further
/// condition on OLD and NEW under which an update is refused.
pub async fn keep_columns(manager: &SchemaManager<'_>, table: &str, columns: &[&str], also: &str) -> Result<(), DbErr> {
    let changed: Vec<_> = columns
        .iter()
        .map(|column| format!("NEW.{column} IS DISTINCT FROM OLD.{column}"))
        .collect();
    let changed = format!("{} OR {also}", changed.join(" OR "));
    let sql = match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => POSTGRES_KEEP,
        _ => SQLITE_KEEP,
    };
    run(manager, &sql.replace("{table}", table).replace("{changed}", &changed)).await
}

/// Refuses updates of `columns` of `table` under a condition on OLD and NEW, for a table that [`keep_columns`] protects.
pub async fn refuse_updates_of(
    manager: &SchemaManager<'_>,
    table: &str,
    trigger: &str,
    columns: &[&str],
    condition: &str,
) -> Result<(), DbErr> {
    let sql = match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => POSTGRES_REFUSE_UPDATES,
        _ => SQLITE_REFUSE_UPDATES,
    };
    let sql = sql
        .replace("{columns}", &columns.join(", "))
        .replace("{condition}", condition);
    run(manager, &sql.replace("{trigger}", trigger).replace("{table}", table)).await
}

pub async fn drop_trigger(manager: &SchemaManager<'_>, table: &str, trigger: &str) -> Result<(), DbErr> {
    match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => run(manager, &format!("DROP TRIGGER {trigger} ON {table}")).await,
        _ => run(manager, &format!("DROP TRIGGER {trigger}")).await,
    }
}

const POSTGRES_REFUSE_UPDATES: &str = "
CREATE TRIGGER {trigger} BEFORE UPDATE OF {columns} ON {table} FOR EACH ROW WHEN ({condition})
EXECUTE FUNCTION refuse_change()";

const SQLITE_REFUSE_UPDATES: &str = "
CREATE TRIGGER {trigger} BEFORE UPDATE OF {columns} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

const POSTGRES_KEEP: &str = "
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
--
CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION refuse_change()
--
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
--
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()";

const SQLITE_KEEP: &str = "
CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} WHEN {changed}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE tenant_id = NEW.tenant_id AND id = NEW.id OR rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

fn fill<const N: usize>(sql: &str, types: [(&str, &str); N]) -> String {
    types.iter().fold(sql.to_owned(), |sql, (placeholder, name)| {
        sql.replace(placeholder, name)
    })
}
