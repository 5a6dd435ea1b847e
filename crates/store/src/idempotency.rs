//! The answers of operations by idempotency key, stored for ever.

use std::collections::HashMap;

use entity::idempotency::{self, Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Select};

use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, salt};
use auth::Scope;
use domain::Timestamp;
use domain::id::{AnswerId, TenantId};
use domain::personal::Content;

/// An answer: a hash of the input that it was given for, and the answer itself.
#[derive(Clone, Debug)]
pub struct StoredAnswer {
    pub content: Content,
    pub answer: serde_json::Value,
}

/// An answer to store: to whom, of which operation and for which key.
#[derive(Clone, Debug)]
pub struct NewStoredAnswer {
    pub operation: String,
    pub subject: String,
    pub key: String,
    pub kept: StoredAnswer,
    pub at: Timestamp,
}

/// The answer that `subject` got.
pub async fn find(
    database: &Connection,
    scope: &Scope,
    subject: &str,
    operation: &str,
    key: &str,
) -> Result<Option<StoredAnswer>, StoreError> {
    let row = of_subject(scope, subject, operation)
        .filter(Column::IdempotencyKey.eq(key))
        .one(database)
        .await?;
    Ok(row.map(|row| from_row(row).1))
}

/// Like [`find`] for many keys, by key.
pub async fn find_all(
    database: &Connection,
    scope: &Scope,
    subject: &str,
    operation: &str,
    keys: Vec<String>,
) -> Result<HashMap<String, StoredAnswer>, StoreError> {
    let rows = of_subject(scope, subject, operation)
        .filter(Column::IdempotencyKey.is_in(keys))
        .all(database)
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

fn of_subject(scope: &Scope, subject: &str, operation: &str) -> Select<Entity> {
    visible::<Entity>(scope)
        .filter(Column::Operation.eq(operation))
        .filter(Column::Subject.eq(subject))
}

fn from_row(row: idempotency::Model) -> (String, StoredAnswer) {
    let kept = StoredAnswer {
        content: Content::Stored {
            salt: row.salt,
            hash: row.content,
        },
        answer: row.answer,
    };
    (row.idempotency_key, kept)
}

pub async fn insert(transaction: &Connection, tenant: TenantId, row: NewStoredAnswer) -> Result<(), StoreError> {
    Entity::insert(model(tenant, row))
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Adds answers to a batch of writes.
pub fn add(writes: &mut Writes, tenant: TenantId, rows: impl IntoIterator<Item = NewStoredAnswer>) {
    writes.add(rows.into_iter().map(|row| model(tenant, row)), Conflict::Fail);
}

fn model(tenant: TenantId, row: NewStoredAnswer) -> idempotency::ActiveModel {
    let salt = salt::draw();
    let model = idempotency::Model {
        tenant_id: tenant.uuid(),
        id: AnswerId::new(row.at).uuid(),
        operation: row.operation,
        subject: row.subject,
        idempotency_key: row.key,
        content: row.kept.content.salted(&salt),
        salt: salt.to_vec(),
        answer: row.kept.answer,
        created_at: row.at,
    };
    model.into_active_model()
}
