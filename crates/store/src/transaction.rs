//! A transaction that writes. One that changes something for a tenant is begun in somebody's name ([`Trail`](super::Trail))
//! and notes what it changes; its commit writes the entry of the audit log along.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::audit::TransactionNotes;
use super::outbox::Signal;
use super::standby::CommitPosition;
use super::{StoreError, Writes, postgres, sqlite};
use domain::audit::{Audited, FieldChange, changed, created, deleted};

/// A transaction of [`Store::begin`](super::Store::begin). Dropping it undoes what it did.
pub struct Transaction {
    inner: EngineTransaction,
    signal: Signal,
    /// Whether it appended to the outbox.
    appended: AtomicBool,
    /// What goes into the audit log; `None`: nothing does.
    noted: Option<TransactionNotes>,
    /// Who wants to know where its commit is; `None`: nobody.
    written: Option<Arc<CommitPosition>>,
}

pub(super) enum EngineTransaction {
    Sqlite(sqlite::Transaction),
    Postgres(postgres::Transaction),
}

/// Does the same with either.
macro_rules! either {
    ($inner:expr, $transaction:ident => $run:expr) => {
        match $inner {
            EngineTransaction::Sqlite($transaction) => $run,
            EngineTransaction::Postgres($transaction) => $run,
        }
    };
}

impl Transaction {
    pub(super) fn new(inner: EngineTransaction, signal: Signal) -> Self {
        Self {
            inner,
            signal,
            appended: AtomicBool::new(false),
            noted: None,
            written: None,
        }
    }

    /// The same, which says where its commit is, if somebody wants to know.
    pub(super) fn telling(self, written: Option<Arc<CommitPosition>>) -> Self {
        Self { written, ..self }
    }

    /// The same, which leaves an entry in the audit log if it changes anything.
    pub(super) fn audited(self, noted: TransactionNotes) -> Self {
        let noted = Some(noted);
        Self { noted, ..self }
    }

    /// Notes that an object is new.
    pub fn created(&self, object: &impl Audited) {
        self.note(|| created(object));
    }

    /// Notes what was changed of an object; nothing if nothing was.
    pub fn changed<T: Audited>(&self, before: &T, after: &T) {
        self.note(|| changed(before, after));
    }

    /// Notes that an object is gone.
    pub fn deleted(&self, object: &impl Audited) {
        self.note(|| deleted(object));
    }

    /// Notes what became of one field of an object; of a secret that it was changed.
    pub fn noted<T: Audited>(
        &self,
        object: &T,
        field: &str,
        before: impl Into<serde_json::Value>,
        after: impl Into<serde_json::Value>,
    ) {
        self.note(|| vec![FieldChange::of(object, field, before.into(), after.into())]);
    }

    /// The same of the object that has this id.
    pub fn noted_of<T: Audited>(&self, id: impl ToString, field: &str, after: impl Into<serde_json::Value>) {
        let nothing = serde_json::Value::Null;
        self.note(|| vec![FieldChange::named::<T>(id.to_string(), field, nothing, after.into())]);
    }

    fn note(&self, changes: impl FnOnce() -> Vec<FieldChange>) {
        if let Some(noted) = &self.noted {
            noted.note(changes());
        }
    }

    /// Notes that so many rows were appended or moved, which say themselves what they are.
    pub fn counted(&self, rows: u64) {
        if let Some(noted) = &self.noted {
            noted.count(rows);
        }
    }

    /// Promises that nothing more is noted once something was, so that its entry goes along with what is written next.
    pub fn notes_once(&self) {
        if let Some(noted) = &self.noted {
            noted.note_once();
        }
    }

    /// The id of its entry in the audit log, for rows that name it; `None`: it leaves none.
    pub fn audit_entry(&self) -> Option<uuid::Uuid> {
        self.noted.as_ref().map(TransactionNotes::name)
    }

    /// Its entry, to go along with other writes.
    pub(super) fn entry_along(&self) -> Option<Writes> {
        self.noted.as_ref().and_then(TransactionNotes::along)
    }

    /// Lets its statements take as long as they take.
    pub(super) async fn wait_for_ever(&self) {
        match &self.inner {
            // Nothing cuts them off.
            EngineTransaction::Sqlite(_) => {}
            EngineTransaction::Postgres(transaction) => transaction.wait_for_ever().await,
        }
    }

    /// Whether it is one of a database whose rows are spread over several servers.
    pub(super) fn is_on_citus(&self) -> bool {
        match &self.inner {
            EngineTransaction::Sqlite(_) => false,
            EngineTransaction::Postgres(transaction) => transaction.is_distributed(),
        }
    }

    /// Says that this transaction appended to the outbox.
    pub(super) fn note_append(&self) {
        self.appended.store(true, Ordering::Relaxed);
    }

    /// Makes it last, and wakes those who follow the outbox if there is something for them.
    pub async fn commit(self) -> Result<(), StoreError> {
        if let Some(entry) = self.noted.as_ref().and_then(TransactionNotes::take) {
            entry.run(&self).await?;
        }
        match self.inner {
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
        match self.inner {
            EngineTransaction::Sqlite(transaction) => transaction.rollback().await,
            EngineTransaction::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        either!(&self.inner, transaction => transaction.get_database_backend())
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        either!(&self.inner, transaction => transaction.execute_raw(statement).await)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "hands on what somebody else is not allowed to call"
    )]
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        either!(&self.inner, transaction => transaction.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        either!(&self.inner, transaction => transaction.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        either!(&self.inner, transaction => transaction.query_all_raw(statement).await)
    }
}
