//! What the catalogs say about a database: whether Citus is installed, and how far its tables are distributed.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::StoreError;

/// The tables that hold rows of tenants, including the tenants themselves, and which of them Citus distributes.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Sorted, the tenants first: the others are colocated with them.
    pub all: Vec<String>,
    pub distributed: Vec<String>,
}

/// Whether the rows of this database are distributed over several servers.
pub async fn is_distributed(connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let is_postgres = connection.get_database_backend() == DbBackend::Postgres;
    Ok(is_postgres && is_true(connection, "to_regclass('tenant_slug') IS NOT NULL").await?)
}

/// Whether the extension was created in this database.
pub(super) async fn has_citus(connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
    is_true(connection, "EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')").await
}

/// Whether any server takes rows.
pub(super) async fn has_workers(connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let sql = "EXISTS (SELECT FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary')";
    is_true(connection, sql).await
}

/// Requires the extension.
pub(super) async fn tables(connection: &impl ConnectionTrait) -> Result<Tables, StoreError> {
    let sql = "SELECT relname::text AS name, EXISTS (
                 SELECT FROM pg_dist_partition WHERE logicalrelid = pg_class.oid AND partmethod = 'h') AS is_distributed
               FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())
                 AND (relname = 'tenant' OR EXISTS (
                   SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id'))
                 AND relname NOT IN ('tenant_slug', 'api_key_prefix')
               ORDER BY relname <> 'tenant', relname";
    let mut tables = Tables::default();
    let found = connection
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    for row in found {
        let name: String = row.try_get("", "name")?;
        if row.try_get("", "is_distributed")? {
            tables.distributed.push(name.clone());
        }
        tables.all.push(name);
    }
    Ok(tables)
}

async fn is_true(connection: &impl ConnectionTrait, condition: &str) -> Result<bool, StoreError> {
    let statement = Statement::from_string(DbBackend::Postgres, format!("SELECT {condition}"));
    let row = connection.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(false))
}
