//! What SQLite and PostgreSQL spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::erasable::{self, Erasable};

/// Runs `sql` statement by statement (separated by lines that hold only `--`) with the placeholders filled in:
///
/// - `{id}`: a UUID; 16 bytes on both engines, so that both sort it the same way
/// - `{time}`: UTC to the microsecond; RFC 3339 text on SQLite, which sorts as time does
/// - `{json}`: a JSON document
/// - `{bytes}`: a short binary value
/// - `{serial}`: an auto-incrementing primary key
/// - `{sorted}`: text that is compared byte by byte on both engines, whatever the server's locale
/// - `{sums a, b}`: whether the columns are within the bounds of sums
/// - `{postgres x}`: x, on PostgreSQL only
#[expect(
    clippy::disallowed_methods,
    reason = "constant statements of many kinds, outside of any request"
)]
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let is_postgres = connection.get_database_backend() == DbBackend::Postgres;
    let mut sql = sql.to_owned();
    for (placeholder, postgres, sqlite) in TYPES {
        sql = sql.replace(placeholder, if is_postgres { postgres } else { sqlite });
    }
    sql = expand(&sql, "{sums ", |columns| bounds(columns, is_postgres));
    sql = expand(&sql, "{postgres ", |text| {
        if is_postgres { text.to_owned() } else { String::new() }
    });
    for statement in sql.split("\n--\n").filter(|statement| !statement.trim().is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Placeholders for types, and what PostgreSQL and SQLite call these.
const TYPES: [(&str, &str, &str); 6] = [
    ("{id}", "uuid", "blob"),
    ("{time}", "timestamptz", "text"),
    ("{json}", "jsonb", "text"),
    ("{bytes}", "bytea", "blob"),
    (
        "{serial}",
        "bigint GENERATED ALWAYS AS IDENTITY",
        "integer PRIMARY KEY AUTOINCREMENT",
    ),
    ("{sorted}", "text COLLATE \"C\"", "text"),
];

/// Replaces every placeholder that begins with `start` and ends with a brace.
fn expand(sql: &str, start: &str, write: impl Fn(&str) -> String) -> String {
    let mut parts = sql.split(start);
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, rest) = part.split_once('}').unwrap_or((part, ""));
        expanded.push_str(&write(inside));
        expanded.push_str(rest);
    }
    expanded
}

/// Beyond 64 bits SQLite continues in binary floating point, so that it checks the type as well.
fn bounds(columns: &str, is_postgres: bool) -> String {
    let within = columns.split(", ").map(|column| {
        let range = format!("{column} BETWEEN -1000000000000000000 AND 1000000000000000000");
        match is_postgres {
            true => range,
            false => format!("typeof({column}) = 'integer' AND {range}"),
        }
    });
    within.collect::<Vec<_>>().join(" AND ")
}

/// Creates the function by which PostgreSQL's triggers refuse changes; SQLite's need none.
pub async fn create_refusal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => {
            run(manager, POSTGRES_REFUSAL).await?;
            run(manager, erasable::POSTGRES_REFUSAL).await
        }
        _ => Ok(()),
    }
}

pub async fn drop_refusal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(manager, "{postgres DROP FUNCTION refuse_change()}").await?;
    run(manager, "{postgres DROP FUNCTION refuse_change_but_erasure()}").await
}

const POSTGRES_REFUSAL: &str = "
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$";

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
    let sql = sql.replace("{refuse}", "refuse_change()").replace("{unless}", "");
    run(manager, &sql.replace("{table}", table).replace("{key}", key)).await
}

/// Like [`make_append_only_by`], for a table with personal values, which an erasure may replace.
pub async fn make_append_only_but_erasable(
    manager: &SchemaManager<'_>,
    table: &str,
    key: &str,
    personal: &[Erasable<'_>],
) -> Result<(), DbErr> {
    let sql = match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => POSTGRES_APPEND_ONLY.replace("{refuse}", &erasable::refusal(personal)),
        _ => {
            let allowed = erasable::allowed(manager, table, personal).await?;
            SQLITE_APPEND_ONLY.replace("{unless}", &format!(" WHEN NOT ({allowed})"))
        }
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

/// Prevents that the table is emptied at once, where its rows may be deleted one by one. SQLite knows no other way.
pub async fn refuse_truncating(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => run(manager, &POSTGRES_REFUSE_TRUNCATING.replace("{table}", table)).await,
        _ => Ok(()),
    }
}

const POSTGRES_REFUSE_TRUNCATING: &str = "
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()";

const SQLITE_REFUSE_REPLACING: &str = "
CREATE TRIGGER {table}_no_replace_by_key BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE tenant_id = NEW.tenant_id AND {key})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

const POSTGRES_APPEND_ONLY: &str = "
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {refuse}
--
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()";

const SQLITE_APPEND_ONLY: &str = "
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}{unless}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
--
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE tenant_id = NEW.tenant_id AND {key} OR rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

/// Makes `columns` of `table` final, and the table's rows impossible to delete, replace or truncate. `also` is a further
/// condition on OLD and NEW under which an update is refused; `personal` are those of the columns whose values an erasure
/// may replace.
pub async fn keep_columns(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: &[&str],
    also: &str,
    personal: &[Erasable<'_>],
) -> Result<(), DbErr> {
    let changed = format!("{} OR {also}", any_changed(columns));
    let (sql, changed) = unless_erased(manager, table, POSTGRES_KEEP, SQLITE_KEEP, changed, personal).await?;
    run(manager, &sql.replace("{table}", table).replace("{changed}", &changed)).await
}

/// The engine's statements with the function that refuses, and the condition under which it does: that something changed,
/// and not by an erasure of `personal`.
async fn unless_erased(
    manager: &SchemaManager<'_>,
    table: &str,
    postgres: &str,
    sqlite: &str,
    changed: String,
    personal: &[Erasable<'_>],
) -> Result<(String, String), DbErr> {
    Ok(match manager.get_connection().get_database_backend() {
        DbBackend::Postgres if personal.is_empty() => (postgres.replace("{refuse}", "refuse_change()"), changed),
        DbBackend::Postgres => (postgres.replace("{refuse}", &erasable::refusal(personal)), changed),
        _ if personal.is_empty() => (sqlite.to_owned(), changed),
        _ => {
            let allowed = erasable::allowed(manager, table, personal).await?;
            (sqlite.to_owned(), format!("({changed}) AND NOT ({allowed})"))
        }
    })
}

/// Refuses updates of `columns` of `table` under a condition on OLD and NEW, except by an erasure of `personal`.
pub async fn refuse_updates_of(
    manager: &SchemaManager<'_>,
    table: &str,
    trigger: &str,
    columns: &[&str],
    condition: &str,
    personal: &[Erasable<'_>],
) -> Result<(), DbErr> {
    let (postgres, sqlite) = (POSTGRES_REFUSE_UPDATES, SQLITE_REFUSE_UPDATES);
    let (sql, condition) = unless_erased(manager, table, postgres, sqlite, condition.to_owned(), personal).await?;
    let sql = sql
        .replace("{columns}", &columns.join(", "))
        .replace("{condition}", &condition);
    run(manager, &sql.replace("{trigger}", trigger).replace("{table}", table)).await
}

/// Refuses to change `column` of `table`, which names an audit log entry, once it is set.
pub async fn keep_audit_entry(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    let changed = format!("OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}");
    refuse_updates_of(
        manager,
        table,
        &format!("{table}_keep_{column}"),
        &[column],
        &changed,
        &[],
    )
    .await
}

/// Whether an update changes any of these columns.
pub fn any_changed(columns: &[&str]) -> String {
    let changed = columns
        .iter()
        .map(|column| format!("NEW.{column} IS DISTINCT FROM OLD.{column}"));
    changed.collect::<Vec<_>>().join(" OR ")
}

const POSTGRES_REFUSE_UPDATES: &str = "
CREATE TRIGGER {trigger} BEFORE UPDATE OF {columns} ON {table} FOR EACH ROW WHEN ({condition})
EXECUTE FUNCTION {refuse}";

const SQLITE_REFUSE_UPDATES: &str = "
CREATE TRIGGER {trigger} BEFORE UPDATE OF {columns} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

const POSTGRES_KEEP: &str = "
CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {refuse}
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
