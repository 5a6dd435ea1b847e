//! Operations that a client may repeat with the same idempotency key: the first answer is kept for ever and given again.
//!
//! Of simultaneous calls with one key several may look before any has kept its answer. The database then refuses all
//! but one, whose work is undone; [`repeated`] lets them look again, so that they answer what the first one did.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::content;
use crate::auth::Writer;
use crate::domain::Timestamp;
use crate::domain::problem::{ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::store;
use crate::store::idempotency::Kept;
use crate::store::{StoreError, Transaction};

/// Runs an operation that changes nothing unless it succeeds, and runs it again if it lost a race that the next attempt
/// wins or finds decided: against a call with the same key, or for locks.
pub async fn repeated<T, Attempt>(operation: impl Fn() -> Attempt) -> Result<T, ServiceError>
where
    Attempt: Future<Output = Result<T, ServiceError>>,
{
    // A key is lost once: its answer is there then. Locks may be lost to several writers in a row.
    const ATTEMPTS: usize = 5;
    let (mut attempt, mut turns) = (1, Turns::default());
    loop {
        match operation().await {
            Err(ServiceError::Store(error)) if turns.comes_again(&error).await => {}
            Err(ServiceError::Store(error))
                if attempt < ATTEMPTS
                    && (store::is_passing(&error) || store::taken_field(&error) == Some("idempotencyKey")) =>
            {
                attempt += 1;
            }
            Err(ServiceError::Store(error)) => return Err(error.into()),
            answered => return answered,
        }
    }
}

/// For how long, and how often, somebody who gave way to others waits for a lock again.
pub struct Turns {
    last: Instant,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            last: Instant::now() + Self::PATIENCE,
        }
    }
}

impl Turns {
    const PATIENCE: Duration = Duration::from_secs(3);
    const PAUSE: RangeInclusive<u64> = 100..=300;

    /// Waits a little, without a connection, if it is worth trying again.
    pub async fn comes_again(&mut self, error: &StoreError) -> bool {
        let comes = error.has_given_way() && Instant::now() < self.last;
        if comes {
            tokio::time::sleep(Duration::from_millis(fastrand::u64(Self::PAUSE))).await;
        }
        comes
    }
}

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
    pub async fn earlier(&self, transaction: &Transaction, writer: &Writer) -> Result<Option<Value>, ServiceError> {
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

    /// Keeps the answer. A simultaneous call with the same key fails here with the database's own refusal, for
    /// [`repeated`] to see.
    pub async fn keep(
        &self,
        transaction: &Transaction,
        writer: &Writer,
        answer: Value,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        if let Some(key) = &self.key {
            let kept = Kept {
                content: self.content.clone(),
                answer,
            };
            store::idempotency::insert(transaction, writer.tenant(), self.operation, key, kept, now)
                .await
                .map_err(ServiceError::Store)?;
        }
        Ok(())
    }
}
