//! Reads that were made a moment ago, for listeners who all ask at the same time whether they may go on. A request of its
//! own never uses them: it is let in by what the database says then.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use domain::Timestamp;
use domain::id::{PartnerId, TenantId};
use domain::partner::PartnerStatus;
use store::StoreError;
use store::presented_key::PresentedKey;

/// So many are kept before the old ones are let go.
const MANY: usize = 1_000;
/// Nobody asks for older ones.
const OLD: Duration = Duration::from_secs(1);

/// The reads by which callers are let in.
#[derive(Default)]
pub struct RecentReads {
    pub(super) partners: ReadCache<(TenantId, PartnerId), Option<(PartnerStatus, Timestamp)>>,
    pub(super) keys: ReadCache<String, Option<PresentedKey>>,
}

/// What was read for each key, and since when that is known. `None`: the read failed.
type Known<V> = (Instant, Shared<BoxFuture<'static, Option<V>>>);

pub struct ReadCache<K, V: Clone>(Mutex<HashMap<K, Known<V>>>);

impl<K, V: Clone> Default for ReadCache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone + Send + Sync + 'static> ReadCache<K, V> {
    /// What `read` gives, or gave somebody else for whom it began at `since` or later. Where that one failed it is done
    /// again, so that everybody hears of failures of their own.
    pub async fn since(
        &self,
        since: Instant,
        key: K,
        read: impl Fn() -> BoxFuture<'static, Result<V, StoreError>>,
    ) -> Result<V, StoreError> {
        let reading = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match known.get(&key).filter(|(begun, _)| *begun >= since) {
                Some((_, reading)) => reading.clone(),
                None => {
                    let now = Instant::now();
                    if known.len() >= MANY {
                        known.retain(|_, (begun, _)| now.duration_since(*begun) < OLD);
                    }
                    // A task of its own goes on where whoever came first does not wait for it.
                    let task = tokio::spawn(read());
                    let reading = async move { task.await.ok().and_then(Result::ok) }.boxed().shared();
                    known.insert(key, (now, reading.clone()));
                    reading
                }
            }
        };
        match reading.await {
            Some(value) => Ok(value),
            None => read().await,
        }
    }
}
