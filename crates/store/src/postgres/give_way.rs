//! Waiting for locks without holding the connections that others wait for.
//!
//! A row that stays locked blocks every transaction that wants it, and each of them has a connection. So while requests
//! wait for a connection, or for a turn of the same tenant, only a quarter of the connections may wait for locks: other
//! transactions that do have to yield, as long as they have only read. They return their connection, and try again on
//! another one a little later: nobody else notices, since each statement sees what was committed before it anyway. A
//! transaction that has written or locked something keeps its connection, and waits.

use std::ops::RangeInclusive;
use std::pin::pin;
use std::time::{Duration, Instant};

use sea_orm::{ConnAcquireErr, DbBackend, DbErr, Statement};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::StoreError;

/// A statement that takes longer may be waiting for a lock.
const SUSPECTED_AFTER: Duration = Duration::from_millis(100);

/// Cancels the statement of a process if it waits for others; a statement that only takes long continues. A transaction
/// that has written or locked anything has a number, and is left alone.
const CANCEL: &str = "SELECT pg_cancel_backend(pid) AS told FROM pg_stat_activity
                      WHERE pid = $1 AND backend_xid IS NULL AND cardinality(pg_blocking_pids(pid)) > 0";

/// Limits how many transactions may wait for locks.
pub struct LockWaiters {
    seats: Semaphore,
}

impl LockWaiters {
    pub fn new(connections: u32) -> Self {
        Self {
            seats: Semaphore::new((connections as usize / 4).max(2)),
        }
    }

    /// Waits for a statement, which yields if it waits for a lock while others wait for its connection: then the result
    /// is `None`. `cancel` runs the statement of [`cancel`], and says whether there was anything to cancel.
    pub async fn wait<T, C: Future<Output = Result<bool, DbErr>>>(
        &self,
        is_crowded: impl Fn() -> bool,
        cancel: impl Fn() -> C,
        statement: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<Option<T>, DbErr> {
        let (mut statement, mut seat) = (pin!(statement), None);
        loop {
            if let Ok(done) = timeout(SUSPECTED_AFTER, &mut statement).await {
                return done.map(Some);
            }
            if seat.is_some() || !is_crowded() {
                continue;
            }
            seat = self.seats.try_acquire().ok();
            if seat.is_some() {
                continue;
            }
            // Nothing else is sent on its connection meanwhile, which could be canceled in its place.
            match cancel().await {
                Ok(true) => return ended(statement.await),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "cannot tell a transaction to give way"),
            }
        }
    }
}

/// Cancels the statement of this process if it waits for a lock and its transaction has only read; returns a row if so.
pub fn cancel(process: i32) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, CANCEL, [process.into()])
}

/// The result of a statement that was canceled.
fn ended<T>(answer: Result<T, DbErr>) -> Result<Option<T>, DbErr> {
    match answer.map_err(StoreError::from) {
        Ok(done) => Ok(Some(done)),
        Err(late) if late.is_timeout() => Ok(None),
        Err(StoreError::Database(other)) => Err(other),
        Err(other) => Err(DbErr::Custom(other.to_string())),
    }
}

/// For how long, and how often, a transaction that yielded tries to get a lock again.
pub struct RetryPacing {
    last: Instant,
}

impl Default for RetryPacing {
    fn default() -> Self {
        Self {
            last: Instant::now() + Self::TIMEOUT,
        }
    }
}

impl RetryPacing {
    /// The default time limit of waiting for a lock.
    const TIMEOUT: Duration = Duration::from_secs(5);
    const PAUSE: RangeInclusive<u64> = 100..=300;

    /// Pauses before the next try; fails if it was tried for long enough.
    pub async fn pause(&mut self) -> Result<(), DbErr> {
        if Instant::now() >= self.last {
            return Err(gave_up());
        }
        sleep(Duration::from_millis(fastrand::u64(Self::PAUSE))).await;
        Ok(())
    }
}

/// The error of a transaction that yielded its connection, and did not get the lock in time.
pub fn gave_up() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)
}
