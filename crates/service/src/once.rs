//! Calls that clients may repeat with the same idempotency key: the answer of the first call is stored for ever, in the
//! transaction of the change itself, and is returned to every later one, with its objects as they are by then. A failed
//! call stores nothing.
//!
//! A service that writes begins with [`begin`] and ends with [`commit`]; its caller wraps it in [`answered`]. The key
//! is part of the [`Caller`], so that nothing in between passes it on.
//!
//! Of concurrent calls with one key, several may look it up before any has stored its answer. All but one then fail, in
//! the database or because of what the first one changed; [`answered`] looks the key up again, so that they return the
//! first one's answer.

use serde_json::{Value, json};

use super::ServiceError;
use crate::app::App;
use crate::stored::{Stored, find_in};
use auth::{Call, Caller, Scope, Writer};
use domain::Timestamp;
use domain::label::Label;
use domain::personal::{Compared, Content};
use domain::problem::{ProblemCode, Problems};
use domain::{tenant, text};
use store::idempotency::StoredAnswer;
use store::{Connection, Store, StoreError, Transaction};

/// The result of a call, and what is stored of it: enough to read it again. Objects that are read by their ids declare it
/// with `aggregate!`.
pub trait Answer: Send + Sync + Sized {
    fn to_stored(&self) -> Value;

    /// The result as it is now; `None` if what the call created is gone.
    fn reload(
        store: &Store,
        scope: &Scope,
        kept: &Value,
    ) -> impl Future<Output = Result<Option<Self>, StoreError>> + Send;
}

/// Begins a transaction that writes. Fails with [`ServiceError::Repeated`] if the call was made before.
pub async fn begin(app: &App, writer: &Writer) -> Result<Transaction, ServiceError> {
    let transaction = app.begin(writer).await?;
    let Some(call) = writer.call() else {
        return Ok(transaction);
    };
    match earlier(&transaction, &writer.scope(), writer.actor(), call).await? {
        Some(kept) => Err(ServiceError::Repeated(kept)),
        None => Ok(transaction),
    }
}

/// Stores the answer, if the call has a key, and commits it together with the change.
pub async fn commit(
    app: &App,
    transaction: Transaction,
    writer: &Writer,
    answer: &impl Answer,
) -> Result<(), ServiceError> {
    commit_keeping(app, transaction, writer, || answer.to_stored()).await
}

/// Like [`commit`], for answers that are read again in their own way.
pub async fn commit_keeping(
    app: &App,
    transaction: Transaction,
    writer: &Writer,
    kept: impl FnOnce() -> Value,
) -> Result<(), ServiceError> {
    if let Some(call) = writer.call() {
        let row = row(call, writer, kept(), app.clock.now());
        store::idempotency::insert(&transaction, writer.tenant(), row)
            .await
            .map_err(ServiceError::Store)?;
    }
    Ok(transaction.commit().await?)
}

/// The row that is stored for a call.
pub fn row(call: &Call, writer: &Writer, answer: Value, at: Timestamp) -> store::idempotency::NewStoredAnswer {
    store::idempotency::NewStoredAnswer {
        operation: call.operation.clone(),
        subject: writer.actor().to_owned(),
        key: call.key.trim().to_owned(),
        kept: StoredAnswer {
            content: Content::Given(call.content.clone()),
            answer,
        },
        at,
    }
}

/// The result of `doing`, or the answer of the first call with the same key.
pub async fn answered<T: Answer>(
    app: &App,
    caller: &Caller,
    doing: impl Future<Output = Result<T, ServiceError>>,
) -> Result<T, ServiceError> {
    let scope = Scope::tenant_wide(caller.tenant());
    let refused = match doing.await {
        Err(ServiceError::Repeated(kept)) => return reload(app, &scope, &kept).await,
        Err(refused) if may_be_decided(&refused) => refused,
        answered => return answered,
    };
    if let Some(call) = caller.call()
        && let Some(kept) = earlier(app.store.reader(), &scope, caller.subject(), call).await?
    {
        return reload(app, &scope, &kept).await;
    }
    Err(match refused {
        ServiceError::Store(error) => error.into(),
        refused => refused,
    })
}

/// Whether this call may have been refused because of the first call with the same key.
fn may_be_decided(refused: &ServiceError) -> bool {
    match refused {
        ServiceError::Rejected(_) => true,
        ServiceError::Store(error) => store::taken_field(error) == Some("idempotencyKey"),
        ServiceError::Denied(_) | ServiceError::Repeated(_) => false,
    }
}

async fn reload<T: Answer>(app: &App, scope: &Scope, kept: &Value) -> Result<T, ServiceError> {
    let found = T::reload(&app.store, scope, kept).await?;
    found.ok_or_else(|| {
        let message = "was used before, and what that call created has been deleted";
        Problems::one("idempotencyKey", ProblemCode::NotFound, message).into()
    })
}

/// The stored answer; a CONFLICT if it belongs to other input, and INVALID if no answer can be stored for such a key.
async fn earlier(
    database: &Connection,
    scope: &Scope,
    subject: &str,
    call: &Call,
) -> Result<Option<Value>, ServiceError> {
    let mut problems = Problems::new();
    let Some(key) = problems.take("idempotencyKey", text::external_id(&call.key)) else {
        return Err(problems.into());
    };
    match store::idempotency::find(database, scope, subject, &call.operation, &key).await? {
        Some(kept) => match refusal(kept.content.compare(&call.content)) {
            None => Ok(Some(kept.answer)),
            Some(message) => {
                problems.add("idempotencyKey", ProblemCode::Conflict, message);
                Err(problems.into())
            }
        },
        None => Ok(None),
    }
}

/// Why a call with a key that was used before is no repetition; `None`: it is one.
pub fn refusal(compared: Compared) -> Option<&'static str> {
    match compared {
        Compared::Same => None,
        Compared::Different => Some("was used before with different input"),
        Compared::Erased => Some("was used before, for personal data that has been erased"),
    }
}

/// Runs an operation that changes nothing unless it succeeds, and starts it over if it lost a race that the next attempt
/// wins or finds decided: against a call with the same key, for locks, or because what it had read before it took its
/// locks has changed ([`StoreError::Raced`]). After some attempts it fails as UNAVAILABLE.
pub async fn repeated<T, Attempt>(operation: impl Fn() -> Attempt) -> Result<T, ServiceError>
where
    Attempt: Future<Output = Result<T, ServiceError>>,
{
    // A race for a key is lost only once: its answer is stored then. Races for locks may be lost to several writers in
    // a row.
    const ATTEMPTS: usize = 5;
    let mut attempt = 1;
    loop {
        match operation().await {
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

impl<K: Stored<Object = Self>> Answer for Label<K> {
    fn to_stored(&self) -> Value {
        json!(self.id.to_string())
    }

    async fn reload(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        find_in::<K>(store.reader(), scope, kept).await
    }
}

/// The caller's own tenant, for which nothing need be stored.
impl Answer for tenant::Tenant {
    fn to_stored(&self) -> Value {
        Value::Null
    }

    async fn reload(store: &Store, scope: &Scope, _kept: &Value) -> Result<Option<Self>, StoreError> {
        store::tenant::get(store.reader(), scope).await.map(Some)
    }
}
