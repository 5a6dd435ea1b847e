//! A transaction: one that writes, or a snapshot that only reads. A transaction that changes something for a tenant is
//! begun on behalf of an actor ([`Trail`](super::Trail)) and notes what it changes; its commit also writes the audit
//! log entry.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::ConnectionTrait;

use super::audit::TransactionNotes;
use super::engine_transaction::EngineTransaction;
use super::outbox::Signal;
use super::standby::CommitPosition;
use super::writes::Writes;
use super::{Connection, StoreError};
use domain::audit::{Audited, FieldChange, changed, created, deleted};

/// A transaction of [`Store::begin`](super::Store::begin). Dropping it rolls it back.
pub struct Transaction {
    engine: EngineTransaction,
    /// Runs statements in it.
    connection: Connection,
    signal: Signal,
    /// Whether it appended to the outbox.
    appended: AtomicBool,
    /// What goes into the audit log; `None`: nothing.
    noted: Option<TransactionNotes>,
    /// Where to note the log position of its commit; `None`: nowhere.
    written: Option<Arc<CommitPosition>>,
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Transaction {
    pub(super) fn new(engine: EngineTransaction, signal: Signal) -> Self {
        Self {
            connection: Connection::Transaction(engine.clone()),
            engine,
            signal,
            appended: AtomicBool::new(false),
            noted: None,
            written: None,
        }
    }

    /// The engine's transaction alone, which is rolled back when its last clone is dropped.
    pub(super) fn into_engine(self) -> EngineTransaction {
        self.engine
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The same transaction, which notes the log position of its commit if that is wanted.
    pub(super) fn telling(self, written: Option<Arc<CommitPosition>>) -> Self {
        Self { written, ..self }
    }

    /// The same transaction, which leaves an audit log entry if it changes anything.
    pub(super) fn audited(self, noted: TransactionNotes) -> Self {
        let noted = Some(noted);
        Self { noted, ..self }
    }

    /// Notes that an object is new.
    pub fn created(&self, object: &impl Audited) {
        self.note(|| created(object));
    }

    /// Notes what was changed about an object, if anything.
    pub fn changed<T: Audited>(&self, before: &T, after: &T) {
        self.note(|| changed(before, after));
    }

    /// Notes that an object was deleted.
    pub fn deleted(&self, object: &impl Audited) {
        self.note(|| deleted(object));
    }

    /// Notes the change of one field of an object; for a secret, only that it was changed.
    pub fn noted<T: Audited>(
        &self,
        object: &T,
        field: &str,
        before: impl Into<serde_json::Value>,
        after: impl Into<serde_json::Value>,
    ) {
        self.note(|| vec![FieldChange::of(object, field, before.into(), after.into())]);
    }

    /// Like [`Transaction::noted`], for the object with this id.
    pub fn noted_of<T: Audited>(&self, id: impl ToString, field: &str, after: impl Into<serde_json::Value>) {
        let nothing = serde_json::Value::Null;
        self.note(|| vec![FieldChange::named::<T>(id.to_string(), field, nothing, after.into())]);
    }

    fn note(&self, changes: impl FnOnce() -> Vec<FieldChange>) {
        if let Some(noted) = &self.noted {
            noted.note(changes());
        }
    }

    /// Notes how many rows were appended or moved that document themselves.
    pub fn counted(&self, rows: u64) {
        if let Some(noted) = &self.noted {
            noted.count(rows);
        }
    }

    /// Promises that nothing more is noted after the first note, so that its entry can be included in the next writes.
    pub fn notes_once(&self) {
        if let Some(noted) = &self.noted {
            noted.note_once();
        }
    }

    /// The id of its audit log entry, for rows that refer to it; `None`: it leaves none.
    pub fn audit_entry(&self) -> Option<uuid::Uuid> {
        self.noted.as_ref().map(TransactionNotes::name)
    }

    /// Removes the time limit of its statements.
    pub(super) async fn wait_for_ever(&self) {
        match &self.engine {
            // They have none.
            EngineTransaction::Sqlite(_) => {}
            EngineTransaction::Postgres(transaction) => transaction.wait_for_ever().await,
        }
    }

    /// Runs the writes that `add` adds, together.
    pub fn write(&self, add: impl FnOnce(&mut Writes)) -> impl Future<Output = Result<(), StoreError>> {
        self.run(Writes::of(add))
    }

    /// Runs writes, together with the audit log entry if nothing more will be noted.
    pub async fn run(&self, writes: Writes) -> Result<(), StoreError> {
        let writes = match self.noted.as_ref().and_then(TransactionNotes::along) {
            Some(entry) => writes.then(entry),
            None => writes,
        };
        let appends = writes.appends();
        for statement in writes.statements(self.get_database_backend(), self.is_distributed()) {
            self.execute_raw(statement).await?;
        }
        if appends {
            self.note_append();
        }
        Ok(())
    }

    /// Notes that this transaction appended to the outbox.
    pub(super) fn note_append(&self) {
        self.appended.store(true, Ordering::Relaxed);
    }

    /// Commits, and wakes the followers of the outbox if it appended to it.
    pub async fn commit(self) -> Result<(), StoreError> {
        if let Some(entry) = self.noted.as_ref().and_then(TransactionNotes::take) {
            self.run(entry).await?;
        }
        match &self.engine {
            EngineTransaction::Sqlite(transaction) => transaction.commit().await.map_err(StoreError::of_commit)?,
            EngineTransaction::Postgres(transaction) => match self.written {
                None => transaction.commit().await.map_err(StoreError::of_commit)?,
                Some(written) => {
                    let commit = async { transaction.commit_and_ask().await.map_err(StoreError::of_commit) };
                    written.committing(commit).await?;
                }
            },
        }
        if self.appended.into_inner() {
            self.signal.poke();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), StoreError> {
        match &self.engine {
            EngineTransaction::Sqlite(transaction) => transaction.rollback().await,
            EngineTransaction::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}
