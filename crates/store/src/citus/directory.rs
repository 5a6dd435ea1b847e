//! Whose a name is that is unique across tenants: a tenant's slug, the prefix of an API key. A unique index of a distributed
//! table begins with the tenant; these are in tables of their own, of which every server has a copy.
//!
//! Their indexes bear the names that those of the ordinary tables have elsewhere, so that a name that is taken is told alike.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::Distributable;
use crate::StoreError;
use domain::id::TenantId;

/// What names a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryName<'a> {
    Slug(&'a str),
    KeyPrefix(&'a str),
}

impl DirectoryName<'_> {
    /// The table that it is in, the column, and itself.
    fn place(&self) -> (&'static str, &'static str, &str) {
        match self {
            Self::Slug(slug) => ("tenant_slug", "slug", slug),
            Self::KeyPrefix(prefix) => ("api_key_prefix", "prefix", prefix),
        }
    }
}

/// Whose it is, where rows are spread; `None`: nobody's.
pub async fn find(database: &impl ConnectionTrait, name: DirectoryName<'_>) -> Result<Option<TenantId>, StoreError> {
    let (table, column, text) = name.place();
    let sql = format!("SELECT tenant_id FROM {table} WHERE {column} = $1");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [text.into()]);
    let found = database.query_one_raw(statement).await?;
    let tenant = found.map(|row| row.try_get::<Uuid>("", "tenant_id")).transpose()?;
    Ok(tenant.map(TenantId::from_uuid))
}

/// Notes whose it is, where rows are spread; elsewhere its own row says so.
pub async fn add(
    transaction: &impl Distributable,
    tenant: TenantId,
    name: DirectoryName<'_>,
) -> Result<(), StoreError> {
    if !transaction.is_distributed() {
        return Ok(());
    }
    let (table, column, text) = name.place();
    let sql = format!("INSERT INTO {table} (tenant_id, {column}) VALUES ($1, $2)");
    let values = [tenant.uuid().into(), text.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    transaction.execute_raw(statement).await?;
    Ok(())
}
