//! A connection in use, which is cleaned up however its use ends.

use std::ops::{Deref, DerefMut};

use deadpool::managed::Object;
use tokio::runtime::Handle;

use super::session::{Manager, Session};
use crate::share::SharePermit;

/// Dropping it rolls back the transaction that was begun on it, and interrupts an abandoned statement. Until both are
/// done the connection is not used again; one that cannot be cleaned up is closed.
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

    /// Rolls back the transaction.
    pub async fn end(mut self) {
        if let Some(connection) = self.connection.take() {
            settle(connection, self.turn.take()).await;
        }
    }
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.connection.as_ref().expect("only its end takes it")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Session {
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
                // The program ends, and the connection with it.
                Err(_) => drop(Object::take(connection)),
            }
        }
    }
}

/// If the end of the program cuts this off, the connection is returned as it is, and not used again.
async fn settle(mut connection: Object<Manager>, turn: Option<SharePermit>) {
    if connection.settle().await.is_err() {
        Object::take(connection).close().await;
    }
    drop(turn);
}
