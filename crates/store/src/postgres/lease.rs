//! A connection in use, which is left in order however its use ends.

use std::ops::{Deref, DerefMut};

use deadpool::managed::Object;
use sea_orm::DbErr;
use tokio::runtime::Handle;

use super::connection::{Connection, Manager};
use crate::share::SharePermit;
use crate::standby::LogPosition;

/// Dropping it undoes the transaction that was begun on it, and waits in the background for a statement that was given
/// up: until the server has come to its end with it, its locks and its work are there.
pub struct Lease {
    connection: Option<Object<Manager>>,
    /// A part of somebody's share, which the connection takes until it is in order again.
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
        // Before it is sent: given up on its way, it has begun all the same.
        self.in_transaction = true;
        self.command("BEGIN").await
    }

    /// Ends the transaction.
    pub async fn end(mut self, command: &'static str) -> Result<(), DbErr> {
        self.command(command).await?;
        self.in_transaction = false;
        Ok(())
    }

    /// Commits the transaction, and asks where in the log the database is then.
    pub async fn end_and_ask(mut self) -> Result<LogPosition, DbErr> {
        let (timeline, lsn) = self.commit_and_ask().await?;
        self.in_transaction = false;
        LogPosition::answered(&timeline, &lsn)
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("only dropping takes it")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Connection {
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
                // The program ends, and with it the connection; or there is nothing to wait for.
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

/// Closing it ends whatever was begun. If it was lost, those that nobody uses may be, too: new ones cost less than finding
/// that out of each of them in turn.
fn close(connection: Object<Manager>) {
    let is_lost = connection.is_lost();
    let pool = Object::pool(&connection);
    drop(Object::take(connection));
    if let Some(pool) = pool.filter(|_| is_lost) {
        tracing::warn!("a connection to the database was lost: it and the idle ones are closed");
        pool.retain(|_, _| false);
    }
}
