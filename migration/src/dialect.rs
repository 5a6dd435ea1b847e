//! What SQLite and PostgreSQL spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs `sql` statement by statement (separated by lines that hold only `--`) with the placeholders filled in:
///
/// - `{id}`: a UUID; 16 bytes on both engines, so that both sort it the same way
/// - `{time}`: UTC to the microsecond; RFC 3339 text on SQLite, which sorts as time does
/// - `{json}`: a JSON document
/// - `{sorted}`: text that is compared byte by byte on both engines, whatever the server's locale
#[expect(
    clippy::disallowed_methods,
    reason = "constant statements of many kinds, outside of any request"
)]
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => fill(sql, "uuid", "timestamptz", "jsonb", "text COLLATE \"C\""),
        _ => fill(sql, "blob", "text", "text", "text"),
    };
    for statement in sql.split("\n--\n") {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Makes rows of `table` final: neither engine changes or deletes them, nor replaces them (SQLite's INSERT OR REPLACE
/// deletes without firing delete triggers, so it is refused before the insert) nor truncates them (PostgreSQL).
pub async fn make_append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let sql = match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => POSTGRES_APPEND_ONLY,
        _ => SQLITE_APPEND_ONLY,
    };
    run(manager, &sql.replace("{table}", table)).await
}

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
WHEN EXISTS (SELECT 1 FROM {table} WHERE tenant_id = NEW.tenant_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

fn fill(sql: &str, id: &str, time: &str, json: &str, sorted: &str) -> String {
    sql.replace("{id}", id)
        .replace("{time}", time)
        .replace("{json}", json)
        .replace("{sorted}", sorted)
}
