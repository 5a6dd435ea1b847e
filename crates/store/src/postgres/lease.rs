//! A connection in use, which is cleaned up however its use ends.

use std::ops::{Deref, DerefMut};

use deadpool::managed::Object;
use sea_orm::DbErr;
use tokio::runtime::Handle;

use super::session::{Manager, Session};
use crate::share::SharePermit;
use crate::standby::LogPosition;

/// Dropping it rolls back the transaction that was begun on it, and waits in the background for an abandoned statement:
/// until the server has finished it, its locks and its work remain.
pub struct Lease {
    connection: Option<Object<Manager>>,
    /// A permit of a tenant's share, which is held until the connection is clean again.
    turn: Option<SharePermit>,
}

impl Lease {
    pub fn new(connection: Object<Manager>, turn: Option<SharePermit>) -> Self {
        Self {
            connection: Some(connection),
            turn,
        }
    }

    pub async fn begin(&mut self) -> Result<(), DbErr> {
        // Set before it is sent: even if it is canceled on its way, the transaction has begun.
        self.in_transaction = true;
        self.command("BEGIN").await
    }

    /// Ends the transaction.
    pub async fn end(mut self, command: &'static str) -> Result<(), DbErr> {
        self.command(command).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Commits the transaction, and returns the log position of the database after it.
    pub async fn end_and_ask(mut self) -> Result<LogPosition, DbErr> {
        let (timeline, lsn) = self.commit_and_ask().await?;
        self.in_transaction = false;
        LogPosition::answered(&timeline, &lsn)
    }
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.connection.as_ref().expect("only dropping takes it")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Session {
        self.connection.as_mut().expect("only dropping takes it")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !connection.is_settled()
        {
            match Handle::try_current() {
                Ok(runtime) if !connection.is_lost() => drop(runtime.spawn(settle(connection, self.turn.take()))),
                // The program ends, and the connection with it; or there is nothing to wait for.
                _ => close(connection),
            }
        }
    }
}

async fn settle(mut connection: Object<Manager>, _turn: Option<SharePermit>) {
    if connection.settle().await.is_err() {
        close(connection);
    }
}

/// Closing it ends whatever was begun. If it was lost, the idle connections may be, too: opening new ones costs less
/// than finding that out for each of them in turn.
fn close(connection: Object<Manager>) {
    let is_lost = connection.is_lost();
    let pool = Object::pool(&connection);
    drop(Object::take(connection));
    if let Some(pool) = pool.filter(|_| is_lost) {
        tracing::warn!("a connection to the database was lost: it and the idle ones are closed");
        pool.retain(|_, _| false);
    }
}
