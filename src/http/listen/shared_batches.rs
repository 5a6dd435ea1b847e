//! One execution for all listeners that receive the same. Listeners with the same scope, permissions, document and
//! variables share the results of a batch of changes: its rows are read once, and each event is executed once, however
//! many listen.
//!
//! Each listener comes at its own pace, has its access checked, and pays first. Results are cached for slower listeners
//! as long as there is room; a listener that comes later has them computed again.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use crate::graphql::subscription::{ChangeBatch, ChangeNotice, EventPayload};
use crate::http::documents::Hash;
use crate::http::execution::SharedEvent;
use crate::http::stream_end::StreamEnd;
use auth::{Permissions, Scope};

/// Maximum number of cached batches; no listener may be further behind.
const EVICT_ABOVE: usize = 256;
/// Maximum size of the results of the cached batches, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Listeners with equal keys receive the same: these rows, these permissions, this document with these variables.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SharingKey {
    pub scope: Scope,
    pub permissions: Permissions,
    pub fingerprint: Hash,
}

/// What one listener's task computes for all, or why that failed, which is logged.
type SharedFinding<T> = Shared<BoxFuture<'static, Result<Arc<T>, StreamEnd>>>;

/// The most recent batches.
#[derive(Default)]
pub struct RecentBatches(Mutex<VecDeque<Arc<SharedBatch>>>);

/// One batch of changes.
pub struct SharedBatch {
    /// Identified by its address, which is unique as long as the batch is held here.
    batch: Arc<ChangeBatch>,
    /// The batch was committed before this.
    pub began: Instant,
    groups: Mutex<HashMap<SharingKey, Arc<SharedResult>>>,
    bytes: AtomicUsize,
}

/// Changed rows, each with the notice of its change.
pub type ChangedRows = Vec<(ChangeNotice, EventPayload)>;

/// The results of a batch for one group of listeners.
#[derive(Default)]
pub struct SharedResult {
    rows: Mutex<Option<SharedFinding<ChangedRows>>>,
    events: Mutex<HashMap<usize, SharedFinding<SharedEvent>>>,
}

impl RecentBatches {
    pub fn of(&self, batch: &Arc<ChangeBatch>) -> Arc<SharedBatch> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.iter().rev().find(|turn| Arc::ptr_eq(&turn.batch, batch)) {
            return turn.clone();
        }
        let turn = SharedBatch::new(batch.clone());
        turns.push_back(turn.clone());
        let mut bytes: usize = turns.iter().map(|turn| turn.bytes.load(Ordering::Relaxed)).sum();
        while turns.len() > EVICT_ABOVE || (bytes > MAX_BYTES && turns.len() > 1) {
            let gone = turns.pop_front().map_or(0, |turn| turn.bytes.load(Ordering::Relaxed));
            bytes = bytes.saturating_sub(gone);
        }
        turn
    }
}

impl SharedBatch {
    /// For a batch that no other listener has received yet, or will receive.
    pub fn new(batch: Arc<ChangeBatch>) -> Arc<Self> {
        Arc::new(Self {
            batch,
            began: Instant::now(),
            groups: Mutex::default(),
            bytes: AtomicUsize::new(0),
        })
    }

    pub fn showing(&self, group: &SharingKey) -> Arc<SharedResult> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups.entry(group.clone()).or_default().clone()
    }

    /// The rows of the group's changes, which are read for the first listener to ask.
    pub async fn rows(
        self: &Arc<Self>,
        showing: &SharedResult,
        read: impl Future<Output = Result<ChangedRows, StreamEnd>> + Send + 'static,
    ) -> Result<Arc<ChangedRows>, StreamEnd> {
        let finding = {
            let mut rows = showing.rows.lock().unwrap_or_else(PoisonError::into_inner);
            let size = |rows: &ChangedRows| std::mem::size_of_val(rows.as_slice());
            rows.get_or_insert_with(|| self.finding(read, size)).clone()
        };
        finding.await
    }

    /// The event of the row at `index`, which is executed for the first listener to ask.
    pub async fn event(
        self: &Arc<Self>,
        showing: &SharedResult,
        index: usize,
        show: impl Future<Output = Result<SharedEvent, StreamEnd>> + Send + 'static,
    ) -> Result<Arc<SharedEvent>, StreamEnd> {
        let finding = {
            let mut events = showing.events.lock().unwrap_or_else(PoisonError::into_inner);
            let finding = || self.finding(show, |shown: &SharedEvent| shown.bytes);
            events.entry(index).or_insert_with(finding).clone()
        };
        finding.await
    }

    /// Computes a result in a task of its own, which continues if the listener that started it stops waiting.
    fn finding<T: Send + Sync + 'static>(
        self: &Arc<Self>,
        find: impl Future<Output = Result<T, StreamEnd>> + Send + 'static,
        size: fn(&T) -> usize,
    ) -> SharedFinding<T> {
        let turn = self.clone();
        let task = tokio::spawn(async move {
            let found = find.await?;
            turn.bytes.fetch_add(size(&found), Ordering::Relaxed);
            Ok(Arc::new(found))
        });
        // A task that ended without a result has panicked.
        async move { task.await.unwrap_or(Err(StreamEnd::Fault)) }
            .boxed()
            .shared()
    }
}
