//! Waiting for locks without taking the connections that others wait for.
//!
//! A row that somebody keeps locked holds up whoever wants it, and each of them has a connection. So while somebody waits for
//! a connection, or for a turn of the same tenant, only a quarter of the connections may wait for locks: other transactions
//! that do are told to give way. They end with an error that says so ([`crate::store::StoreError::has_given_way`]), and may be
//! tried again once they have a connection again.

use std::pin::pin;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Pool;
use crate::store::{StoreError, error};

/// A statement that takes longer may be waiting for a lock.
const SUSPICIOUS: Duration = Duration::from_millis(100);

/// Ends what a process does if it waits for others; a statement that only takes long goes on.
const CANCEL: &str = "SELECT pg_cancel_backend($1) AS told WHERE cardinality(pg_blocking_pids($1)) > 0";

/// Whose turn it is to wait.
pub struct Seats {
    seats: Semaphore,
    /// The connection by which others are told to give way.
    teller: Pool,
}

impl Seats {
    pub fn new(connections: u32, teller: Pool) -> Self {
        Self {
            seats: Semaphore::new((connections as usize / 4).max(2)),
            teller,
        }
    }

    /// Waits for a statement, which gives way if it waits for a lock while others wait for its connection.
    pub async fn wait<T>(
        &self,
        is_crowded: impl Fn() -> bool,
        process: i32,
        statement: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let (mut statement, mut seat) = (pin!(statement), None);
        loop {
            if let Ok(done) = timeout(SUSPICIOUS, &mut statement).await {
                return done;
            }
            if seat.is_some() || !is_crowded() {
                continue;
            }
            seat = self.seats.try_acquire().ok();
            if seat.is_some() {
                continue;
            }
            // Nothing else is sent on its connection meanwhile, which could be ended in its place.
            match self.tell(process).await {
                Ok(true) => return statement.await.map_err(gave_way),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "cannot tell a transaction to give way"),
            }
        }
    }

    async fn tell(&self, process: i32) -> Result<bool, DbErr> {
        let cancel = Statement::from_sql_and_values(DbBackend::Postgres, CANCEL, [process.into()]);
        Ok(self.teller.query_one_raw(cancel).await?.is_some())
    }
}

/// The error of a statement that was told to end.
fn gave_way(error: DbErr) -> DbErr {
    match StoreError::from(error) {
        late if late.is_timeout() => error::gave_way(),
        StoreError::Database(other) => other,
        other => DbErr::Custom(other.to_string()),
    }
}
