//! The one who reads for all listeners of this process.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, broadcast};

use super::position::OutboxPosition;
use super::signal::WakeSignal;
use super::{ChangeBatch, LastRead};
use crate::{Store, StoreError};

/// How long to rest where nobody wakes.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Follower {
    store: Store,
    position: OutboxPosition,
    wakes: WakeSignal,
}

impl Follower {
    /// Goes to the present end.
    pub async fn start(store: Store) -> Result<Self, StoreError> {
        // First of all, so that nothing goes unheard in between.
        let wakes = store.appended.wakes().await?;
        let position = OutboxPosition::at_end(store.reader()).await?;
        Ok(Self { store, position, wakes })
    }

    /// Reads until nobody listens any more.
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
                // Who comes now waits for the lock, and then starts another.
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
                        // Nobody there: that is seen at the next turn.
                        let _ = sender.send(Arc::new(ChangeBatch {
                            stretch: before.stretch_to(&self.position),
                            changes: reading.rows,
                        }));
                    }
                    if reading.is_whole {
                        note(Some(start));
                    } else {
                        // Listeners get their turn before the queue runs over.
                        tokio::task::yield_now().await;
                        continue;
                    }
                }
                Err(error) => tracing::warn!(%error, "reading the outbox failed; it is tried again"),
            }
            let _ = tokio::time::timeout(PAUSE, self.wakes.next()).await;
        }
    }
}
