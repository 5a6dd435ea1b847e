//! A transaction that writes.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::outbox::Signal;
use super::{StoreError, postgres, sqlite};

/// A transaction of [`Store::begin`](super::Store::begin). Dropping it undoes what it did.
pub struct Transaction {
    inner: Inner,
    signal: Signal,
    /// Whether it appended to the outbox.
    appended: AtomicBool,
}

pub(super) enum Inner {
    Sqlite(sqlite::Transaction),
    Postgres(postgres::Transaction),
}

/// Does the same with either.
macro_rules! either {
    ($inner:expr, $transaction:ident => $run:expr) => {
        match $inner {
            Inner::Sqlite($transaction) => $run,
            Inner::Postgres($transaction) => $run,
        }
    };
}

impl Transaction {
    pub(super) fn new(inner: Inner, signal: Signal) -> Self {
        Self {
            inner,
            signal,
            appended: AtomicBool::new(false),
        }
    }

    /// Lets its statements take as long as they take.
    pub(super) async fn wait_for_ever(&self) {
        match &self.inner {
            // Nothing cuts them off.
            Inner::Sqlite(_) => {}
            Inner::Postgres(transaction) => transaction.wait_for_ever().await,
        }
    }

    /// Says that this transaction appended to the outbox.
    pub(super) fn note_append(&self) {
        self.appended.store(true, Ordering::Relaxed);
    }

    /// Makes it last, and wakes those who follow the outbox if there is something for them.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await.map_err(StoreError::of_commit)?,
            Inner::Postgres(transaction) => transaction.commit().await.map_err(StoreError::of_commit)?,
        }
        if self.appended.into_inner() {
            self.signal.poke();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.rollback().await,
            Inner::Postgres(transaction) => transaction.rollback().await?,
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
