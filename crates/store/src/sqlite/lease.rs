//! A connection in use, which is left in order however its use ends.

use std::ops::{Deref, DerefMut};

use deadpool::managed::Object;
use tokio::runtime::Handle;

use super::connection::{Connection, Manager};
use crate::share::SharePermit;

/// Dropping it undoes the transaction that was begun on it, and interrupts a statement that was given up. Until
/// both are done nobody else has the connection; one that cannot be brought in order is closed.
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

    /// Undoes the transaction.
    pub async fn end(mut self) {
        if let Some(connection) = self.connection.take() {
            settle(connection, self.turn.take()).await;
        }
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("only its end takes it")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("only its end takes it")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !connection.is_settled()
        {
            connection.interrupt();
            match Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(settle(connection, self.turn.take()))),
                // The program ends, and with it the connection.
                Err(_) => drop(Object::take(connection)),
            }
        }
    }
}

/// Where this is cut off by the end of the program, the connection is given back as it is, and used by nobody.
async fn settle(mut connection: Object<Manager>, turn: Option<SharePermit>) {
    if connection.settle().await.is_err() {
        Object::take(connection).close().await;
    }
    drop(turn);
}
