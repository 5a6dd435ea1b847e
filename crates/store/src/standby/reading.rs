//! One operation that reads from a standby, and notices if it cannot.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::{Notify, watch};

use super::server::Standby;
use crate::share::TenantShare;
use crate::{StoreError, postgres};

/// The reads of one operation. Clones belong to the same one.
#[derive(Clone)]
pub struct StandbyReads {
    pool: postgres::Pool,
    standby: Arc<Standby>,
    end: Arc<ReadAbort>,
}

/// Whether the operation must start again elsewhere.
#[derive(Default)]
struct ReadAbort {
    is_there: AtomicBool,
    told: Notify,
}

impl StandbyReads {
    /// `primary` defines how statements are measured and observed.
    pub fn new(standby: Arc<Standby>, primary: &postgres::Pool) -> Self {
        Self {
            pool: primary.over(&standby.pool),
            standby,
            end: Arc::default(),
        }
    }

    pub fn share(&self, share: Arc<TenantShare>) -> Self {
        Self {
            pool: self.pool.share(share),
            ..self.clone()
        }
    }

    /// The operation can be done on the primary only.
    pub fn leave(&self) {
        self.end.is_there.store(true, Ordering::Relaxed);
        self.end.told.notify_one();
    }

    pub fn watch(&self) -> StandbyWatch {
        StandbyWatch {
            unreadable: self.standby.unreadable(),
            end: self.end.clone(),
        }
    }

    pub async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.judged(self.pool.execute(statement).await)
    }

    pub async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.judged(self.pool.query_one(statement).await)
    }

    pub async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.judged(self.pool.query(statement).await)
    }

    fn judged<T>(&self, answer: Result<T, DbErr>) -> Result<T, DbErr> {
        answer.map_err(|error| {
            let error = StoreError::Database(error);
            let is_alive = error.is_of_recovery() || error.has_no_connection();
            if !is_alive && error.is_unavailable() {
                self.standby.mark_unreadable(&error.to_string());
                self.leave();
            }
            if is_alive {
                self.leave();
            }
            match error {
                StoreError::Database(error) => error,
                other => DbErr::Custom(other.to_string()),
            }
        })
    }
}

/// Notified when an operation must start again elsewhere.
pub struct StandbyWatch {
    unreadable: watch::Receiver<u64>,
    end: Arc<ReadAbort>,
}

impl StandbyWatch {
    /// Completes as soon as results from the standby must be discarded.
    pub async fn end(&mut self) {
        tokio::select! {
            _ = self.unreadable.changed() => {}
            () = self.end.told.notified() => {}
        }
    }

    /// Whether the operation itself found that it must start again elsewhere.
    pub fn has_ended(&self) -> bool {
        self.end.is_there.load(Ordering::Relaxed)
    }
}
