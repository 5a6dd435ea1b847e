//! One who hears everything from a place on, once and in order: first what is kept in the outbox, read page by page as
//! fast as it is taken, and then, without a gap, what comes.
//!
//! It listens before it reads for the last time: what was committed before that is read, what is committed later comes to
//! its queue, and what is in both is known by the last reading's snapshot.

use std::sync::Arc;

use chrono::TimeDelta;

use super::bookmark::Bookmark;
use super::mark;
use super::position::OutboxPosition;
use super::{ChangeBatch, Changes, CommissionChange, Listener, ListenerLost};
use crate::citus::Distributable;
use crate::{Store, StoreError};
use domain::Timestamp;

/// Why nobody can read on from a bookmark.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    #[error(transparent)]
    Lost(#[from] ListenerLost),
    /// What comes behind it may be gone.
    #[error("what happened since is no longer kept")]
    Pruned,
    /// It lies ahead of all that has happened here.
    #[error("the place is of another database")]
    Foreign,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How much earlier than its commit becomes visible a row may say that it was written: a transaction takes so long at
/// most, and clocks differ by so much.
const LATE: TimeDelta = TimeDelta::minutes(10);

/// Hears what is new, and before that what was missed.
pub struct Hearer {
    changes: Changes,
    /// Where what was missed is read.
    store: Store,
    /// Who listens; `None`: it still reads what was missed.
    listener: Option<Listener>,
    /// How what was missed is read; `None`: it was.
    missed: Option<MissedChanges>,
    /// Of what comes, only what is not behind this place is new.
    new_from: Option<OutboxPosition>,
}

/// What was heard at once.
pub struct Heard {
    pub batch: Arc<ChangeBatch>,
    /// Nobody else hears it now.
    pub is_alone: bool,
    /// Only what is not behind this place is new.
    new_from: Option<OutboxPosition>,
}

impl Heard {
    /// Of one alone.
    pub fn alone(batch: ChangeBatch) -> Self {
        Self {
            batch: Arc::new(batch),
            is_alone: true,
            new_from: None,
        }
    }

    /// Whether it was not heard before.
    pub fn is_new(&self, change: &CommissionChange) -> bool {
        let is_behind = |place: &OutboxPosition| place.is_before(change.id, change.transaction);
        self.new_from.as_ref().is_none_or(is_behind)
    }
}

impl Hearer {
    /// From now on.
    pub async fn from_now(changes: &Changes, store: Store) -> Result<Self, StoreError> {
        Ok(Self {
            listener: Some(changes.listen().await?),
            changes: changes.clone(),
            store,
            missed: None,
            new_from: None,
        })
    }

    /// From this place on.
    pub async fn from(changes: &Changes, store: Store, bookmark: Bookmark) -> Result<Self, Unheard> {
        Ok(Self {
            missed: Some(MissedChanges::behind(bookmark, store.reader()).await?),
            changes: changes.clone(),
            store,
            listener: None,
            new_from: None,
        })
    }

    /// Waits for what comes next. Nothing is lost where this is given up waiting for.
    pub async fn next(&mut self) -> Result<Heard, Unheard> {
        while let Some(missed) = &mut self.missed {
            if missed.is_at_end && self.listener.is_none() {
                // What is committed from now on is kept for it; what was until now is read once more.
                self.listener = Some(self.changes.listen().await?);
            }
            let batch = missed.read(self.store.reader()).await?;
            if missed.is_at_end && self.listener.is_some() {
                self.new_from = self.missed.take().map(|missed| missed.position);
            }
            if !batch.changes.is_empty() {
                return Ok(Heard::alone(batch));
            }
            // Nothing for anybody, and maybe much more to read: others get their turn.
            tokio::task::yield_now().await;
        }
        let listener = self.listener.as_mut().ok_or(ListenerLost::Ended)?;
        let batch = listener.next().await?;
        let is_beyond = |place: &mut OutboxPosition| batch.stretch.order() >= place.order();
        drop(self.new_from.take_if(is_beyond));
        Ok(Heard {
            batch,
            is_alone: false,
            new_from: self.new_from.clone(),
        })
    }
}

/// What happened while somebody was away, as it is read.
struct MissedChanges {
    position: OutboxPosition,
    /// Of the first stretch, what was heard before: up to this id.
    heard: Option<i64>,
    /// Nothing that was heard is older.
    at: Timestamp,
    /// The last reading found all there was.
    is_at_end: bool,
}

impl MissedChanges {
    async fn behind(bookmark: Bookmark, database: &impl Distributable) -> Result<Self, Unheard> {
        let end = OutboxPosition::at_end(database).await?;
        let reach = bookmark.reach();
        if std::mem::discriminant(&reach) != std::mem::discriminant(&end) || reach.order() > end.order() {
            return Err(Unheard::Foreign);
        }
        let missed = Self {
            position: bookmark.stretch,
            heard: Some(bookmark.id),
            at: bookmark.at,
            is_at_end: false,
        };
        missed.check_kept(database).await?;
        Ok(missed)
    }

    /// Reads on, a page at most.
    async fn read(&mut self, database: &impl Distributable) -> Result<ChangeBatch, Unheard> {
        let mut position = self.position.clone();
        let is_bounded = position.is_bounded();
        let reading = position.changes(database).await?;
        // After the rows were read: had some been pruned before, this would tell.
        self.check_kept(database).await?;
        let heard = self.heard.take();
        let is_new = |change: &CommissionChange| heard.is_none_or(|heard| change.id > heard);
        let batch = ChangeBatch {
            stretch: self.position.stretch_to(&position),
            changes: reading.rows.into_iter().filter(is_new).collect(),
        };
        if let Some(last) = batch.changes.iter().map(|change| change.at).max() {
            self.at = self.at.max(last);
        }
        self.position = position;
        self.is_at_end = reading.is_whole && !is_bounded;
        Ok(batch)
    }

    /// Whether all is kept that may come behind what was read.
    async fn check_kept(&self, database: &impl Distributable) -> Result<(), Unheard> {
        let pruned = mark::pruned_before(database).await?;
        match self.at - LATE < pruned {
            true => Err(Unheard::Pruned),
            false => Ok(()),
        }
    }
}
