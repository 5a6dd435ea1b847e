//! Delivers everything from a position on, once and in order: first what is stored in the outbox, page by page as fast
//! as it is consumed, and then, without a gap, what is new.
//!
//! It subscribes before it reads for the last time: what was committed before that is read, what is committed later
//! comes to its queue, and what is in both is recognised by the snapshot of the last read.

use std::sync::Arc;

use chrono::TimeDelta;

use super::bookmark::Bookmark;
use super::mark;
use super::position::OutboxPosition;
use super::{ChangeBatch, Changes, CommissionChange, Listener, ListenerLost};
use crate::{Connection, Store, StoreError};
use domain::Timestamp;

/// Why reading cannot resume at a bookmark.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    #[error(transparent)]
    Lost(#[from] ListenerLost),
    /// What comes after it may have been pruned.
    #[error("what happened since is no longer kept")]
    Pruned,
    /// It lies ahead of everything that has happened here.
    #[error("the place is of another database")]
    Foreign,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How much earlier than its commit becomes visible a row may be dated: the maximum duration of a transaction, and the
/// difference between clocks.
const LATE: TimeDelta = TimeDelta::minutes(10);

/// Delivers what is new, and before that what was missed.
pub struct ResumableListener {
    changes: Changes,
    /// Where missed changes are read.
    store: Store,
    /// The subscription; `None`: it still reads missed changes.
    listener: Option<Listener>,
    /// The reader of missed changes; `None`: all were read.
    missed: Option<MissedChanges>,
    /// Changes from the queue are new only if they come after this position.
    new_from: Option<OutboxPosition>,
}

/// What was received at once.
pub struct ReceivedBatch {
    pub batch: Arc<ChangeBatch>,
    /// No other listener receives it now.
    pub is_alone: bool,
    /// Changes are new only if they come after this position.
    new_from: Option<OutboxPosition>,
}

impl ReceivedBatch {
    /// For one listener alone.
    pub fn alone(batch: ChangeBatch) -> Self {
        Self {
            batch: Arc::new(batch),
            is_alone: true,
            new_from: None,
        }
    }

    /// Whether the change was not delivered before.
    pub fn is_new(&self, change: &CommissionChange) -> bool {
        let is_behind = |place: &OutboxPosition| place.is_before(change.id, change.transaction);
        self.new_from.as_ref().is_none_or(is_behind)
    }
}

impl ResumableListener {
    /// Starts with what is committed from now on.
    pub async fn from_now(changes: &Changes, store: Store) -> Result<Self, StoreError> {
        Ok(Self {
            listener: Some(changes.listen().await?),
            changes: changes.clone(),
            store,
            missed: None,
            new_from: None,
        })
    }

    /// Resumes at this bookmark.
    pub async fn from(changes: &Changes, store: Store, bookmark: Bookmark) -> Result<Self, ResumeError> {
        Ok(Self {
            missed: Some(MissedChanges::behind(bookmark, store.reader()).await?),
            changes: changes.clone(),
            store,
            listener: None,
            new_from: None,
        })
    }

    /// Waits for what comes next. Nothing is lost if the wait is canceled.
    pub async fn next(&mut self) -> Result<ReceivedBatch, ResumeError> {
        while let Some(missed) = &mut self.missed {
            if missed.is_at_end && self.listener.is_none() {
                // What is committed from now on is queued for it; what was committed until now is read once more.
                self.listener = Some(self.changes.listen().await?);
            }
            let batch = missed.read(self.store.reader()).await?;
            if missed.is_at_end && self.listener.is_some() {
                self.new_from = self.missed.take().map(|missed| missed.position);
            }
            if !batch.changes.is_empty() {
                return Ok(ReceivedBatch::alone(batch));
            }
            // Nothing to deliver, and maybe much more to read: other tasks get to run.
            tokio::task::yield_now().await;
        }
        let listener = self.listener.as_mut().ok_or(ListenerLost::Ended)?;
        let batch = listener.next().await?;
        let is_beyond = |place: &mut OutboxPosition| batch.window.order() >= place.order();
        drop(self.new_from.take_if(is_beyond));
        Ok(ReceivedBatch {
            batch,
            is_alone: false,
            new_from: self.new_from.clone(),
        })
    }
}

/// What happened while a listener was away, as it is read.
struct MissedChanges {
    position: OutboxPosition,
    /// No delivered row was written later.
    at: Timestamp,
    /// The last read reached the end.
    is_at_end: bool,
}

impl MissedChanges {
    async fn behind(bookmark: Bookmark, database: &Connection) -> Result<Self, ResumeError> {
        let end = OutboxPosition::at_end(database).await?;
        let reach = bookmark.reach();
        if std::mem::discriminant(&reach) != std::mem::discriminant(&end) || reach.order() > end.order() {
            return Err(ResumeError::Foreign);
        }
        let missed = Self {
            position: bookmark.window,
            at: bookmark.at,
            is_at_end: false,
        };
        missed.check_kept(database).await?;
        Ok(missed)
    }

    /// Reads the next page.
    async fn read(&mut self, database: &Connection) -> Result<ChangeBatch, ResumeError> {
        let mut position = self.position.clone();
        let is_bounded = position.is_bounded();
        let reading = position.changes(database).await?;
        // After the rows were read: if some had been pruned before, this detects it.
        self.check_kept(database).await?;
        let batch = ChangeBatch {
            window: self.position.window_to(&position),
            changes: reading.rows,
        };
        if let Some(last) = batch.changes.iter().map(|change| change.at).max() {
            self.at = self.at.max(last);
        }
        self.position = position;
        self.is_at_end = reading.is_whole && !is_bounded;
        Ok(batch)
    }

    /// Fails if rows that come after what was read may have been pruned.
    async fn check_kept(&self, database: &Connection) -> Result<(), ResumeError> {
        let pruned = mark::pruned_before(database).await?;
        match self.at - LATE < pruned {
            true => Err(ResumeError::Pruned),
            false => Ok(()),
        }
    }
}
