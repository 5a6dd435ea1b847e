//! Diagnostics of a database, for an operator to run before calling for help. They cover the whole database, change
//! nothing, and do not need any table to exist.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::{Connection, Store, StoreError, erasure, raw};
use auth::Sealed;
use domain::id::TenantId;

/// Maximum number of secrets that are decrypted as a test; more would reveal nothing new.
const MAX_SECRETS: usize = 1_000;

/// The database engine and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite {
        version: String,
    },
    Postgres {
        /// Such as 150006.
        number: i32,
        version: String,
        encoding: String,
    },
}

/// The migrations that only the database or only this program has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrations {
    /// Migrations of this program that are not applied.
    pub pending: Vec<String>,
    /// Migrations that were applied by a newer program.
    pub unknown: Vec<String>,
}

/// How many connections PostgreSQL allows and has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ConnectionUse {
    /// Allowed for this role and database, without those reserved for superusers.
    pub most: i64,
    /// In use by all clients at this moment.
    pub used: i64,
}

/// The secret of a webhook endpoint, as it is stored.
pub struct SealedSecret {
    pub tenant: TenantId,
    pub endpoint: Uuid,
    pub sealed: Sealed,
}

/// The database engine and its version.
pub async fn engine(store: &Store) -> Result<Engine, StoreError> {
    let reader = store.reader();
    match reader {
        Connection::Sqlite(_) => {
            let row = one(reader, "SELECT sqlite_version()").await?;
            let version = row.try_get_by_index(0)?;
            Ok(Engine::Sqlite { version })
        }
        Connection::Postgres(_) | Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => {
            let sql = "SELECT current_setting('server_version_num')::int4, current_setting('server_version'),
                       current_setting('server_encoding')";
            let row = one(reader, sql).await?;
            Ok(Engine::Postgres {
                number: row.try_get_by_index(0)?,
                version: row.try_get_by_index(1)?,
                encoding: row.try_get_by_index(2)?,
            })
        }
    }
}

/// Compares the applied migrations with those of this program.
pub async fn migrations(store: &Store) -> Result<Migrations, StoreError> {
    let reader = store.reader();
    let applied = match has_table(reader, "seaql_migrations").await? {
        true => texts(reader, "SELECT version FROM seaql_migrations ORDER BY version").await?,
        false => Vec::new(),
    };
    let migrations = Migrator::migrations();
    let known: Vec<_> = migrations.iter().map(|migration| migration.name().to_owned()).collect();
    let missing_in = |others: &[String], names: &[String]| -> Vec<String> {
        let missing = names.iter().filter(|name| !others.contains(name));
        missing.cloned().collect()
    };
    Ok(Migrations {
        pending: missing_in(&applied, &known),
        unknown: missing_in(&known, &applied),
    })
}

/// The tables whose rows PostgreSQL does not let this role read and write; SQLite has no roles.
pub async fn closed_tables(store: &Store) -> Result<Vec<String>, StoreError> {
    let reader = store.reader();
    match reader {
        Connection::Sqlite(_) => Ok(Vec::new()),
        Connection::Postgres(_) | Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => {
            let sql = "SELECT relname::text FROM pg_class
                       WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())
                         AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                           AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
                       ORDER BY relname";
            texts(reader, sql).await
        }
    }
}

/// `None` on SQLite, which has no connections but our own.
pub async fn connections(store: &Store) -> Result<Option<ConnectionUse>, StoreError> {
    let reader = store.reader();
    if reader.get_database_backend() == DbBackend::Sqlite {
        return Ok(None);
    }
    let sql = "SELECT (SELECT MIN(most) FROM (VALUES
                   (current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8),
                   ((SELECT NULLIF(datconnlimit, -1) FROM pg_database WHERE datname = current_database())::int8),
                   ((SELECT NULLIF(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)::int8)
                 ) AS limits (most)) AS most,
                 (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used";
    let row = one(reader, sql).await?;
    Ok(Some(ConnectionUse::from_query_result(&row, "")?))
}

/// The secrets of live webhook endpoints, newest first; only the newest where there are many.
pub async fn sealed_secrets(store: &Store) -> Result<Vec<SealedSecret>, StoreError> {
    let reader = store.reader();
    if !has_table(reader, "webhook_endpoint").await? {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT tenant_id, id, secret, secret_key FROM webhook_endpoint
         WHERE secret IS NOT NULL AND secret_key IS NOT NULL ORDER BY created_at DESC LIMIT {MAX_SECRETS}"
    );
    let rows = all(reader, &sql).await?;
    let secrets = rows.iter().map(|row| {
        Ok(SealedSecret {
            tenant: TenantId::from_uuid(row.try_get_by_index(0)?),
            endpoint: row.try_get_by_index(1)?,
            sealed: Sealed {
                bytes: row.try_get_by_index(2)?,
                key: row.try_get_by_index(3)?,
            },
        })
    });
    secrets.collect::<Result<_, DbErr>>().map_err(StoreError::from)
}

/// What erased customers need keys for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PseudonymUse {
    /// The ids of the keys by which their external ids were replaced.
    pub keys: Vec<String>,
    /// How many erasures of customers are not finished.
    pub unfinished: u64,
}

/// What erased customers need keys for, of all tenants.
pub async fn pseudonym_use(store: &Store) -> Result<PseudonymUse, StoreError> {
    let reader = store.reader();
    if !has_table(reader, "erasure").await? {
        return Ok(PseudonymUse::default());
    }
    Ok(PseudonymUse {
        keys: erasure::pseudonym_keys(reader).await?,
        unfinished: erasure::count_unfinished_of_customers(reader).await?,
    })
}

async fn has_table(reader: &Connection, name: &str) -> Result<bool, StoreError> {
    let sql = match reader.get_database_backend() {
        DbBackend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        _ => "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass($1)",
    };
    let row = raw::first(reader, sql, [name.into()]).await?.ok_or_else(nothing)?;
    Ok(row.try_get_by_index::<i64>(0)? > 0)
}

async fn texts(reader: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let rows = all(reader, sql).await?;
    let texts = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(texts.collect::<Result<_, _>>()?)
}

async fn all(reader: &Connection, sql: &str) -> Result<Vec<sea_orm::QueryResult>, StoreError> {
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    Ok(reader.query_all_raw(statement).await?)
}

async fn one(reader: &Connection, sql: &str) -> Result<sea_orm::QueryResult, StoreError> {
    all(reader, sql)
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| nothing().into())
}

fn nothing() -> DbErr {
    DbErr::RecordNotFound("the database gives no row where there is always one".to_owned())
}
