//! What happened, in the order of commits: read by subscriptions, on every replica, exactly once for each listener that
//! keeps up, and by the job that creates webhook deliveries, once for all replicas ([`mark`]).
//!
//! - A change appends a row to the outbox in its own transaction ([`super::commission::announce`], [`append`]), so that
//!   there is a row if and only if the change was committed.
//! - After such a commit [`Signal`] wakes the followers. On PostgreSQL it sends NOTIFY *after* the ledger's
//!   transaction: inside, NOTIFY takes a database-wide lock until the commit is flushed, and would serialise all
//!   writers of the ledger.
//! - Each process has one follower while there are listeners, and none otherwise. It starts at the present end, and
//!   reads what is new when it is woken, and every second in any case: a process may be killed between its commit and
//!   NOTIFY, and bulk writes send no signal.
//! - [`position`] tracks what was read, although PostgreSQL's transactions do not commit in the order of their ids.
//! - Listeners share one bounded queue. A listener that falls behind it gets an error, and nothing more.
//! - A listener that resumes with a [`Bookmark`] reads by itself what it missed ([`ResumableListener`]), as long as that is
//!   stored.
//! - Rows are pruned in batches once they are old enough and the job has passed them.

pub mod adopt;
mod append;
mod bookmark;
mod change;
mod change_batch;
mod follow;
pub mod mark;
mod position;
mod read;
mod resumable;
mod signal;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, broadcast};

use super::{Store, StoreError};
pub use append::{append, append_to};
pub use bookmark::Bookmark;
pub use change::CommissionChange;
pub use change_batch::ChangeBatch;
use change_batch::LastRead;
use follow::Follower;
pub use position::OutboxPosition;
pub use read::{OutboxRead, OutboxRow};
pub use resumable::{ReceivedBatch, ResumableListener, ResumeError};
pub(super) use signal::Signal;
pub use signal::WakeSignal;

/// Maximum number of batches that a listener may be behind.
const BACKLOG: usize = 256;

/// The changes of all tenants, for the listeners of this process.
#[derive(Clone)]
pub struct Changes {
    store: Store,
    /// The queue of the follower; `None` or without a sender: there is no follower.
    queue: Arc<Mutex<Option<broadcast::WeakSender<Arc<ChangeBatch>>>>>,
    listeners: Arc<AtomicUsize>,
    /// When the follower began its last read that reached the end; `None`: there is no follower.
    read: LastRead,
}

/// Why a listener receives nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenerLost {
    /// It took too long to process what it received before.
    #[error("the listener fell behind")]
    Behind,
    /// The follower is gone, which is a bug.
    #[error("nobody follows the changes any more")]
    Ended,
}

impl Changes {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            queue: Arc::default(),
            listeners: Arc::default(),
            read: Arc::default(),
        }
    }

    /// The age of what listeners have received; `None`: there are no listeners.
    pub fn lag(&self) -> Option<Duration> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.map(|read| read.elapsed())
    }

    /// Listens to everything that is committed from now on.
    pub async fn listen(&self) -> Result<Listener, StoreError> {
        let mut queue = self.queue.lock().await;
        let following = queue.as_ref().and_then(broadcast::WeakSender::upgrade);
        let receiver = match following {
            Some(sender) => sender.subscribe(),
            None => {
                let (sender, receiver) = broadcast::channel(BACKLOG);
                let follower = Follower::start(self.store.clone()).await?;
                *queue = Some(sender.downgrade());
                tokio::spawn(follower.run(sender, self.queue.clone(), self.read.clone()));
                receiver
            }
        };
        self.listeners.fetch_add(1, Ordering::SeqCst);
        Ok(Listener {
            receiver,
            count: self.listeners.clone(),
        })
    }

    /// The number of listeners at present.
    pub fn listeners(&self) -> usize {
        self.listeners.load(Ordering::SeqCst)
    }
}

/// A listener, until it is dropped.
pub struct Listener {
    receiver: broadcast::Receiver<Arc<ChangeBatch>>,
    count: Arc<AtomicUsize>,
}

impl Listener {
    /// Waits for the next changes. Nothing is lost if the wait is canceled.
    pub async fn next(&mut self) -> Result<Arc<ChangeBatch>, ListenerLost> {
        self.receiver.recv().await.map_err(|error| match error {
            broadcast::error::RecvError::Lagged(_) => ListenerLost::Behind,
            broadcast::error::RecvError::Closed => ListenerLost::Ended,
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::SeqCst);
    }
}
