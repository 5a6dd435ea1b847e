//! The reader that serves all listeners of this process.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, broadcast};

use super::change_batch::{ChangeBatch, LastRead};
use super::position::OutboxPosition;
use super::signal::WakeSignal;
use crate::{Store, StoreError};

/// How long to pause where no signal arrives.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Follower {
    store: Store,
    position: OutboxPosition,
    wakes: WakeSignal,
}

impl Follower {
    /// Starts at the present end.
    pub async fn start(store: Store) -> Result<Self, StoreError> {
        // First of all, so that no signal is missed in between.
        let wakes = store.wakes().await?;
        let position = OutboxPosition::at_end(store.reader()).await?;
        Ok(Self { store, position, wakes })
    }

    /// Reads until no listener is left.
    pub async fn run(
        mut self,
        sender: broadcast::Sender<Arc<ChangeBatch>>,
        queue: Arc<Mutex<Option<broadcast::WeakSender<Arc<ChangeBatch>>>>>,
        last_read: LastRead,
    ) {
        let note = |read| *last_read.lock().unwrap_or_else(PoisonError::into_inner) = read;
        note(Some(Instant::now()));
        loop {
            if sender.receiver_count() == 0 {
                // A new listener waits for the lock, and then starts another follower.
                let mut queue = queue.lock().await;
                if sender.receiver_count() == 0 {
                    *queue = None;
                    note(None);
                    return;
                }
            }
            let (start, before) = (Instant::now(), self.position.clone());
            match self.position.changes(self.store.reader()).await {
                Ok(reading) => {
                    if !reading.rows.is_empty() {
                        // It fails if no listener is left, which the next iteration notices.
                        let _ = sender.send(Arc::new(ChangeBatch {
                            window: before.window_to(&self.position),
                            changes: reading.rows,
                        }));
                    }
                    if reading.is_whole {
                        note(Some(start));
                    } else {
                        // Lets listeners run before the queue overflows.
                        tokio::task::yield_now().await;
                        continue;
                    }
                }
                Err(error) => tracing::warn!(%error, "could not read the outbox; will retry"),
            }
            let _ = tokio::time::timeout(PAUSE, self.wakes.next()).await;
        }
    }
}
