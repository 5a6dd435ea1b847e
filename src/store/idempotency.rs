//! What an operation answered to a key, kept for ever.

use entity::idempotency::{self, Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::StoreError;
use super::scope::visible;
use crate::auth::Scope;
use crate::domain::Timestamp;
use crate::domain::id::{AnswerId, TenantId};

/// An earlier answer: a hash of the input it was given to, and the answer itself.
#[derive(Clone, Debug)]
pub struct Kept {
    pub content: Vec<u8>,
    pub answer: serde_json::Value,
}

pub async fn find(
    database: &impl ConnectionTrait,
    scope: &Scope,
    operation: &str,
    key: &str,
) -> Result<Option<Kept>, StoreError> {
    let row = visible::<Entity>(scope)
        .filter(Column::Operation.eq(operation))
        .filter(Column::IdempotencyKey.eq(key))
        .one(database)
        .await?;
    Ok(row.map(|row| Kept {
        content: row.content,
        answer: row.answer,
    }))
}

pub async fn insert(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    operation: &str,
    key: &str,
    kept: Kept,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = idempotency::Model {
        tenant_id: tenant.uuid(),
        id: AnswerId::new(now).uuid(),
        operation: operation.to_owned(),
        idempotency_key: key.to_owned(),
        content: kept.content,
        answer: kept.answer,
        created_at: now,
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
