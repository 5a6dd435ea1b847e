//! The database as the ceiling and the harness see it: through sqlx alone, on either engine.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

/// The gateway's default number of connections.
const CONNECTIONS: u32 = 8;

/// Where rows are distributed over several servers, statements are planned for their bound values, as in the gateway:
/// Citus must know the tenant.
const PLAN: &str =
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', false) WHERE to_regclass('tenant_slug') IS NOT NULL";

#[derive(Clone)]
pub enum Database {
    Postgres(PgPool),
    /// One connection writes, as in the gateway.
    Sqlite {
        reader: SqlitePool,
        writer: SqlitePool,
    },
}

/// A statement in the SQL of each engine.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    pub postgres: &'static str,
    pub sqlite: &'static str,
}

impl Sql {
    /// SQL that both engines understand.
    pub const fn of(both: &'static str) -> Self {
        Self {
            postgres: both,
            sqlite: both,
        }
    }
}

/// All rows of a statement, as tuples of the requested type.
macro_rules! rows {
    ($database:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $database {
            $crate::database::Database::Postgres(pool) => {
                sqlx::query_as($sql.postgres)$(.bind($value))*.fetch_all(pool).await
            }
            $crate::database::Database::Sqlite { reader, .. } => {
                sqlx::query_as($sql.sqlite)$(.bind($value))*.fetch_all(reader).await
            }
        }
    };
}
pub(crate) use rows;

impl Database {
    /// Opens `postgres://...` or `sqlite://FILE`, with the settings that the gateway uses.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(std::time::Duration::from_secs(30));
            let writer = SqlitePoolOptions::new().max_connections(1);
            let reader = SqlitePoolOptions::new().max_connections(CONNECTIONS);
            return Ok(Self::Sqlite {
                writer: writer.connect_with(options.clone()).await?,
                reader: reader.connect_with(options.pragma("query_only", "ON")).await?,
            });
        }
        let options = PgConnectOptions::from_str(url)?
            .options([("plan_cache_mode", "force_generic_plan"), ("random_page_cost", "1.1")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(PLAN).execute(connection).await.map(drop) })
            });
        Ok(Self::Postgres(pool.connect_with(options).await?))
    }
}
