//! Operations that a client may repeat with the same idempotency key: the first answer is kept for ever and given again.

use sea_orm::DatabaseTransaction;
use serde_json::Value;

use super::content;
use crate::auth::Writer;
use crate::domain::Timestamp;
use crate::domain::problem::{ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::store::idempotency::Kept;
use crate::store::{self};

/// A key and what it was given with.
pub struct Once {
    operation: &'static str,
    key: Option<String>,
    content: Vec<u8>,
}

impl Once {
    /// `input` is everything that the operation depends on.
    pub fn new(operation: &'static str, key: Option<String>, input: &Value, problems: &mut Problems) -> Self {
        let key = problems
            .optional("idempotencyKey", key, |key| text::external_id(&key))
            .flatten();
        Self {
            operation,
            key,
            content: content::hash(input),
        }
    }

    /// The answer that was kept for the key; a CONFLICT if it was given with other input.
    pub async fn earlier(
        &self,
        transaction: &DatabaseTransaction,
        writer: &Writer,
    ) -> Result<Option<Value>, ServiceError> {
        let Some(key) = &self.key else { return Ok(None) };
        let kept = store::idempotency::find(transaction, &writer.scope(), self.operation, key).await?;
        match kept {
            Some(kept) if kept.content == self.content => Ok(Some(kept.answer)),
            Some(_) => {
                let mut problems = Problems::new();
                problems.add(
                    "idempotencyKey",
                    ProblemCode::Conflict,
                    "was used before with other input",
                );
                Err(problems.into())
            }
            None => Ok(None),
        }
    }

    /// Keeps the answer. A simultaneous call with the same key fails here, and succeeds when repeated.
    pub async fn keep(
        &self,
        transaction: &DatabaseTransaction,
        writer: &Writer,
        answer: Value,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        if let Some(key) = &self.key {
            let kept = Kept {
                content: self.content.clone(),
                answer,
            };
            store::idempotency::insert(transaction, writer.tenant(), self.operation, key, kept, now).await?;
        }
        Ok(())
    }
}
