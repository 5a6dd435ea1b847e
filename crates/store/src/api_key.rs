//! API keys, as their administrators see them. Only [`super::presented_key`] reads their hashes.

use entity::api_key::{self, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryTrait};

use super::citus::directory::{self, DirectoryName};
use super::scope::visible;
use super::{Connection, StoreError, view, write};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::{ApiKey, KeyHash, Permissions, Scope};
use domain::Timestamp;
use domain::id::{ApiKeyId, PartnerId, TenantId};

table_functions!(ApiKey, ApiKeyId: by_ids, lock, whole);
table_functions!(ApiKey: at_hand but "hash");

/// All keys, newest first. GraphQL reads such lists by [`view::page`].
pub fn list() -> view::List {
    let select = |_, scope: &Scope, _| visible::<Entity>(scope).into_query();
    view::List::new(&view::API_KEY, Some(String::new()), select)
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

/// The number of keys that are neither revoked nor expired.
pub async fn count_usable(database: &Connection, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    let has_not_expired = Condition::any()
        .add(Column::ExpiresAt.is_null())
        .add(Column::ExpiresAt.gt(now));
    let select = visible::<Entity>(scope)
        .filter(Column::RevokedAt.is_null())
        .filter(has_not_expired);
    Ok(select.count(database).await?)
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

// The row without the hash, which the domain value does not carry.
mapped! {
    pub(super) fn (row: api_key::Model, key: ApiKey) of "api_key";
    both: id, name, prefix, partner_id, created_at, expires_at, last_used_at, revoked_at;
    read: {
        permissions: Permissions::parse(&row.scopes),
    }
    written: {
        hash: Vec::new(),
        scopes: key.permissions.to_string(),
    }
}
