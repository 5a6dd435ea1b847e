//! API keys, as their administrators see them. Only [`super::presented_key`] reads their hashes.

use std::collections::HashMap;

use entity::api_key::{self, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::citus::directory::{self, DirectoryName};
use super::scope::visible;
use super::{Connection, StoreError, many, view, write};
use auth::{ApiKey, KeyHash, Permissions, Scope};
use domain::Timestamp;
use domain::id::{ApiKeyId, PartnerId, TenantId};

/// All keys, newest first. GraphQL reads such lists by [`view::page`].
pub fn list() -> view::List {
    let select = |_, scope: &Scope, _| visible::<Entity>(scope).into_query();
    view::List::new(&view::API_KEY, Some(String::new()), select)
}

/// Decodes a row whose columns were all read under names with this prefix.
pub fn whole(row: &view::Row, prefix: &str) -> Result<ApiKey, StoreError> {
    Ok(from_row(view::whole(row, prefix)?))
}

pub async fn by_ids(database: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, ApiKey>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    Ok(rows.into_iter().map(|row| (row.id, from_row(row))).collect())
}

/// Selects the key for update: other writers wait until this transaction ends.
pub async fn lock(transaction: &Connection, scope: &Scope, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive();
    Ok(select.one(transaction).await?.map(from_row))
}

pub async fn insert(
    transaction: &Connection,
    tenant: TenantId,
    key: &ApiKey,
    hash: &KeyHash,
) -> Result<(), StoreError> {
    directory::add(transaction, tenant, DirectoryName::KeyPrefix(&key.prefix)).await?;
    let row = api_key::Model {
        hash: hash.bytes().to_vec(),
        ..to_row(tenant, key)
    };
    write::insert(transaction, row).await
}

/// Revokes a key; one that is already revoked stays as it is.
pub async fn revoke(
    transaction: &Connection,
    tenant: TenantId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    revoke_where(transaction, tenant, Column::Id.eq(id.uuid()), now).await?;
    Ok(())
}

/// Revokes all keys that are bound to a partner; returns how many were not revoked before.
pub async fn revoke_of_partner(
    transaction: &Connection,
    tenant: TenantId,
    partner: PartnerId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    revoke_where(transaction, tenant, Column::PartnerId.eq(partner.uuid()), now).await
}

async fn revoke_where(
    transaction: &Connection,
    tenant: TenantId,
    which: Expr,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(which)
        .filter(Column::RevokedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(revoked.rows_affected)
}

/// Records that a key was used at `at`, unless a later use is recorded.
pub async fn set_used(
    transaction: &Connection,
    tenant: TenantId,
    id: ApiKeyId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let is_news = Condition::any()
        .add(Column::LastUsedAt.is_null())
        .add(Column::LastUsedAt.lt(at));
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(at))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(is_news)
        .exec(transaction)
        .await?;
    Ok(())
}

pub(super) fn from_row(row: api_key::Model) -> ApiKey {
    ApiKey {
        id: ApiKeyId::from_uuid(row.id),
        name: row.name,
        prefix: row.prefix,
        permissions: Permissions::parse(&row.scopes),
        partner_id: row.partner_id.map(PartnerId::from_uuid),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    }
}

/// The column values of an already loaded object, by column name.
pub fn at_hand(tenant: TenantId, key: &ApiKey) -> view::AtHand {
    view::at_hand(to_row(tenant, key), &["hash"])
}

/// The row without the hash, which the domain value does not carry.
fn to_row(tenant: TenantId, key: &ApiKey) -> api_key::Model {
    api_key::Model {
        tenant_id: tenant.uuid(),
        id: key.id.uuid(),
        name: key.name.clone(),
        prefix: key.prefix.clone(),
        hash: Vec::new(),
        scopes: key.permissions.to_string(),
        partner_id: key.partner_id.map(PartnerId::uuid),
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
    }
}
