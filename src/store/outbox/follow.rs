//! The one who reads for all listeners of this process.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, broadcast};

use super::position::Position;
use super::signal::Wakes;
use super::{Batch, read};
use crate::store::{Store, StoreError};

/// How long to rest where nobody wakes.
const PAUSE: Duration = Duration::from_secs(1);

/// Transactions that are under way when the first listener comes may have taken some of so many ids below the last.
const UNDER_WAY: i64 = 1000;

pub struct Follower {
    store: Store,
    position: Position,
    wakes: Wakes,
}

impl Follower {
    /// Goes to the present end.
    pub async fn start(store: Store) -> Result<Self, StoreError> {
        // First of all, so that nothing goes unheard in between.
        let wakes = store.appended.wakes().await?;
        let end = read::end(store.reader()).await?;
        let mut follower = Self {
            position: Position::behind((end - UNDER_WAY).max(0)),
            store,
            wakes,
        };
        while !follower.read().await?.1 {}
        Ok(follower)
    }

    /// What is new, and whether that is all.
    async fn read(&mut self) -> Result<(Batch, bool), StoreError> {
        let reading = read::some(self.store.reader(), &self.position).await?;
        let is_whole = reading.is_whole();
        let mut rows = reading.rows;
        rows.retain(|(id, _)| self.position.take(*id, reading.moment));
        if is_whole {
            self.position.settle(reading.moment);
        }
        Ok((rows.into_iter().map(|(_, change)| change).collect(), is_whole))
    }

    /// Reads until nobody listens any more.
    pub async fn run(
        mut self,
        sender: broadcast::Sender<Batch>,
        queue: Arc<Mutex<Option<broadcast::WeakSender<Batch>>>>,
    ) {
        loop {
            if sender.receiver_count() == 0 {
                // Who comes now waits for the lock, and then starts another.
                let mut queue = queue.lock().await;
                if sender.receiver_count() == 0 {
                    *queue = None;
                    return;
                }
            }
            match self.read().await {
                Ok((batch, is_whole)) => {
                    if !batch.is_empty() {
                        // Nobody there: that is seen at the next turn.
                        let _ = sender.send(batch);
                    }
                    if !is_whole {
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
