//! What happened, in the order of commits: read by subscriptions, on every replica, exactly once for each listener that
//! keeps up, and by the job that makes the deliveries of webhooks, once for all replicas ([`mark`]).
//!
//! - A change appends a row to the outbox in its own transaction ([`super::commission::announce`], [`append`]),
//!   so that there is a row if and only if the change was committed.
//! - After such a commit [`Signal`] wakes the followers. On PostgreSQL it sends NOTIFY *behind* the ledger's
//!   transaction: inside, NOTIFY takes a lock of the whole database until the commit is flushed, and all writers of the
//!   ledger would go in single file.
//! - Each process has one follower while anybody listens, and none otherwise. It begins at the present end, reads
//!   what is new when it is woken, and every second anyhow: a process may be killed between its commit and NOTIFY, and
//!   bulk writes wake nobody.
//! - [`position`] knows what was read, although PostgreSQL's transactions do not commit in the order of their ids.
//! - Listeners share one bounded queue. Who falls behind it hears so, and nothing more.
//! - Who comes back with a [`Bookmark`] reads by itself what it missed ([`Hearer`]), as long as that is kept.
//! - Rows are pruned in batches once they are old enough and the job has passed them.

mod append;
mod bookmark;
mod follow;
mod hear;
pub mod mark;
mod position;
mod read;
mod signal;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, broadcast};

use super::{Store, StoreError};
pub use append::{append, append_to};
pub use bookmark::Bookmark;
use domain::Timestamp;
use domain::id::{CommissionId, PartnerId, TenantId};
use follow::Follower;
pub use hear::{Heard, Hearer, Unheard};
pub use position::OutboxPosition;
pub use read::{OutboxRead, OutboxRow};
pub(super) use signal::Signal;
pub use signal::WakeSignal;

/// How many batches a listener may be behind.
const BACKLOG: usize = 256;

/// A commission was written, or its status moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommissionChange {
    /// Rises for each commission.
    pub id: i64,
    /// The transaction that wrote it; `None` on SQLite.
    pub transaction: Option<i64>,
    /// When it was written.
    pub at: Timestamp,
    pub tenant: TenantId,
    pub partner: PartnerId,
    pub commission: CommissionId,
}

/// What was read at once.
#[derive(Debug)]
pub struct ChangeBatch {
    /// From where it was read, and how far.
    stretch: OutboxPosition,
    /// In the order of writing.
    pub changes: Vec<CommissionChange>,
}

impl ChangeBatch {
    /// Of what is heard of in another way.
    pub fn of_nothing() -> Self {
        Self {
            stretch: OutboxPosition::Behind(0),
            changes: Vec::new(),
        }
    }

    /// The place behind one of its changes.
    pub fn bookmark(&self, change: &CommissionChange) -> Bookmark {
        Bookmark::behind(&self.stretch, change)
    }
}

/// The changes of all tenants, for whoever listens in this process.
#[derive(Clone)]
pub struct Changes {
    store: Store,
    /// The queue of the follower; `None` or without a sender: there is none.
    queue: Arc<Mutex<Option<broadcast::WeakSender<Arc<ChangeBatch>>>>>,
    listeners: Arc<AtomicUsize>,
    /// When the follower last began to read what it read to the end; `None`: there is none.
    read: LastRead,
}

type LastRead = Arc<std::sync::Mutex<Option<Instant>>>;

/// Why a listener hears no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenerLost {
    /// It took too long over what it heard before.
    #[error("the listener fell behind")]
    Behind,
    /// The follower is gone, which is a fault of ours.
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

    /// How old what listeners have heard is; `None`: nobody listens.
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

    /// How many listen at present.
    pub fn listeners(&self) -> usize {
        self.listeners.load(Ordering::SeqCst)
    }
}

/// One who listens, until it is dropped.
pub struct Listener {
    receiver: broadcast::Receiver<Arc<ChangeBatch>>,
    count: Arc<AtomicUsize>,
}

impl Listener {
    /// Waits for the next changes. Nothing is lost where this is given up waiting for.
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
