//! Which tenant owns a name that is unique across tenants: a tenant's slug, the prefix of an API key. A unique index of
//! a distributed table must begin with the tenant, so that these names are in tables of their own, of which every
//! server has a copy.
//!
//! Their indexes have the same names as those of the ordinary tables elsewhere, so that a taken name is reported alike.

use uuid::Uuid;

use crate::{Connection, StoreError, raw};
use domain::id::TenantId;

/// A name that identifies a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryName<'a> {
    Slug(&'a str),
    KeyPrefix(&'a str),
}

impl DirectoryName<'_> {
    /// The name's table, its column and its text.
    fn place(&self) -> (&'static str, &'static str, &str) {
        match self {
            Self::Slug(slug) => ("tenant_slug", "slug", slug),
            Self::KeyPrefix(prefix) => ("api_key_prefix", "prefix", prefix),
        }
    }
}

/// The owner of a name, where rows are distributed; `None`: no tenant owns it.
pub async fn find(database: &Connection, name: DirectoryName<'_>) -> Result<Option<TenantId>, StoreError> {
    let (table, column, text) = name.place();
    let sql = format!("SELECT tenant_id FROM {table} WHERE {column} = $1");
    let found = raw::first(database, &sql, [text.into()]).await?;
    let tenant = found.map(|row| row.try_get::<Uuid>("", "tenant_id")).transpose()?;
    Ok(tenant.map(TenantId::from_uuid))
}

/// Records the owner of a name, where rows are distributed; elsewhere the name's own row says so.
pub async fn add(transaction: &Connection, tenant: TenantId, name: DirectoryName<'_>) -> Result<(), StoreError> {
    if !transaction.is_distributed() {
        return Ok(());
    }
    let (table, column, text) = name.place();
    let sql = format!("INSERT INTO {table} (tenant_id, {column}) VALUES ($1, $2)");
    let values = [tenant.uuid().into(), text.into()];
    raw::execute(transaction, &sql, values).await?;
    Ok(())
}
