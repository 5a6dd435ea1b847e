//! Endpoints. Deleted ones stay for the deliveries that refer to them, but are not listed.

use entity::webhook_endpoint::{self, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::outbox::OutboxPosition;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, load, locks, row, view, write};
use auth::{Scope, Sealed};
use domain::Timestamp;
use domain::id::{TenantId, WebhookEndpointId};
use domain::webhook::WebhookEndpoint;

const TABLE: &str = "webhook_endpoint";

/// All endpoints that are not deleted, oldest first.
pub async fn all(database: &Connection, scope: &Scope) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id);
    load::all(database, select, from_row).await
}

pub async fn count(database: &Connection, scope: &Scope) -> Result<u64, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::DeletedAt.is_null());
    Ok(select.count(database).await?)
}

table_functions!(WebhookEndpoint: by_ids);

/// Selects an endpoint for update that is not deleted, with its present secret.
pub async fn lock(
    transaction: &Connection,
    scope: &Scope,
    id: WebhookEndpointId,
) -> Result<Option<(WebhookEndpoint, Option<Sealed>)>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::DeletedAt.is_null())
        .lock_exclusive();
    let Some(row) = select.one(transaction).await? else {
        return Ok(None);
    };
    locks::hold_object::<Entity>(transaction, id.uuid());
    let sealed = sealed(row.secret.clone(), row.secret_key.clone());
    Ok(Some((from_row(row)?, sealed)))
}

/// The URL of an endpoint, and the secrets that sign at `now`: the present one first. `None`: it was deleted.
pub async fn target(
    database: &Connection,
    scope: &Scope,
    id: WebhookEndpointId,
    now: Timestamp,
) -> Result<Option<(String, Vec<Sealed>)>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::DeletedAt.is_null());
    let Some(row) = select.one(database).await? else {
        return Ok(None);
    };
    let former = sealed(row.previous_secret, row.previous_secret_key);
    let former = former.filter(|_| row.previous_until.is_some_and(|until| now < until));
    let secrets = sealed(row.secret, row.secret_key).into_iter().chain(former);
    Ok(Some((row.url, secrets.collect())))
}

/// Writes a new endpoint, which receives what comes after `since`.
pub async fn insert(
    transaction: &Connection,
    tenant: TenantId,
    endpoint: &WebhookEndpoint,
    secret: Sealed,
    since: &OutboxPosition,
) -> Result<(), StoreError> {
    let row = webhook_endpoint::Model {
        secret: Some(secret.bytes),
        secret_key: Some(secret.key),
        listens_since: since.text(),
        ..to_row(tenant, endpoint)
    };
    write::insert(transaction, row).await
}

/// Writes what callers may change. An endpoint that becomes active (`begins`) is treated like a new one.
pub async fn update(
    transaction: &Connection,
    tenant: TenantId,
    endpoint: &WebhookEndpoint,
    begins: bool,
) -> Result<(), StoreError> {
    let set = ActiveValue::Set;
    let mut row = webhook_endpoint::ActiveModel {
        tenant_id: ActiveValue::Unchanged(tenant.uuid()),
        id: ActiveValue::Unchanged(endpoint.id.uuid()),
        url: set(endpoint.url.clone()),
        description: ActiveValue::Set(endpoint.description.clone()),
        event_types: ActiveValue::Set(row::to_json(&endpoint.event_types)),
        active: ActiveValue::Set(endpoint.active),
        disabled_reason: ActiveValue::Set(endpoint.disabled_reason.clone()),
        updated_at: ActiveValue::Set(endpoint.updated_at),
        ..Default::default()
    };
    if begins {
        row.quiet_since = ActiveValue::Set(endpoint.updated_at);
        row.failed_count = ActiveValue::Set(0);
    }
    row.update_without_returning(transaction).await?;
    Ok(())
}

/// Signs with another secret from now on, and until `until` with the previous one as well.
pub async fn rotate(
    transaction: &Connection,
    tenant: TenantId,
    endpoint: &WebhookEndpoint,
    (secret, former): (Sealed, Option<Sealed>),
    until: Timestamp,
) -> Result<(), StoreError> {
    let (former, former_key) = former.map(|former| (former.bytes, former.key)).unzip();
    let row = webhook_endpoint::ActiveModel {
        tenant_id: ActiveValue::Unchanged(tenant.uuid()),
        id: ActiveValue::Unchanged(endpoint.id.uuid()),
        secret: ActiveValue::Set(Some(secret.bytes)),
        secret_key: ActiveValue::Set(Some(secret.key)),
        previous_secret: ActiveValue::Set(former),
        previous_secret_key: ActiveValue::Set(former_key),
        previous_until: ActiveValue::Set(Some(until)),
        secret_rotated_at: ActiveValue::Set(endpoint.secret_rotated_at),
        updated_at: ActiveValue::Set(endpoint.updated_at),
        ..Default::default()
    };
    row.update_without_returning(transaction).await?;
    Ok(())
}

/// Marks it as deleted, and erases its secrets.
pub async fn delete(
    transaction: &Connection,
    tenant: TenantId,
    id: WebhookEndpointId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let no_bytes = Expr::value(Option::<Vec<u8>>::None);
    let no_text = Expr::value(Option::<String>::None);
    Entity::update_many()
        .col_expr(Column::Active, Expr::value(false))
        .col_expr(Column::Secret, no_bytes.clone())
        .col_expr(Column::SecretKey, no_text.clone())
        .col_expr(Column::PreviousSecret, no_bytes)
        .col_expr(Column::PreviousSecretKey, no_text)
        .col_expr(Column::DeletedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

fn sealed(bytes: Option<Vec<u8>>, key: Option<String>) -> Option<Sealed> {
    let (bytes, key) = bytes.zip(key)?;
    Some(Sealed { key, bytes })
}

/// Decodes a row whose columns were all read under names with this prefix.
pub fn whole(row: &view::Row, prefix: &str) -> Result<WebhookEndpoint, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: webhook_endpoint::Model) -> Result<WebhookEndpoint, StoreError> {
    Ok(WebhookEndpoint {
        id: WebhookEndpointId::from_uuid(row.id),
        url: row.url,
        description: row.description,
        event_types: row::json(TABLE, "event_types", row.event_types)?,
        api_version: row.api_version,
        active: row.active,
        disabled_reason: row.disabled_reason,
        secret_rotated_at: row.secret_rotated_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        deleted_at: row.deleted_at,
    })
}

/// The column values of an already loaded endpoint that callers see.
pub fn at_hand(tenant: TenantId, endpoint: &WebhookEndpoint) -> view::AtHand {
    const OWN: [&str; 12] = [
        "secret",
        "secret_key",
        "previous_secret",
        "previous_secret_key",
        "previous_until",
        "listens_since",
        "quiet_since",
        "failed_count",
        "lease_owner",
        "lease_until",
        "deleted_at",
        "tenant_id",
    ];
    view::at_hand(to_row(tenant, endpoint), &OWN)
}

/// The columns that callers see; the others as in a new row, without secrets.
fn to_row(tenant: TenantId, endpoint: &WebhookEndpoint) -> webhook_endpoint::Model {
    webhook_endpoint::Model {
        tenant_id: tenant.uuid(),
        id: endpoint.id.uuid(),
        url: endpoint.url.clone(),
        description: endpoint.description.clone(),
        event_types: row::to_json(&endpoint.event_types),
        api_version: endpoint.api_version.clone(),
        active: endpoint.active,
        disabled_reason: endpoint.disabled_reason.clone(),
        secret: None,
        secret_key: None,
        previous_secret: None,
        previous_secret_key: None,
        previous_until: None,
        secret_rotated_at: endpoint.secret_rotated_at,
        listens_since: String::new(),
        quiet_since: endpoint.created_at,
        failed_count: 0,
        lease_owner: None,
        lease_until: None,
        created_at: endpoint.created_at,
        updated_at: endpoint.updated_at,
        deleted_at: None,
    }
}
