//! What listeners receive.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::bookmark::Bookmark;
use super::change::CommissionChange;
use super::position::OutboxPosition;

/// What was read at once.
#[derive(Debug)]
pub struct ChangeBatch {
    /// The stretch that was read.
    pub(super) window: OutboxPosition,
    /// In the order of writing.
    pub changes: Vec<CommissionChange>,
}

impl ChangeBatch {
    /// An empty batch, for changes that are learned of in another way.
    pub fn of_nothing() -> Self {
        Self {
            window: OutboxPosition::Behind(0),
            changes: Vec::new(),
        }
    }

    /// The position after one of its changes.
    pub fn bookmark(&self, change: &CommissionChange) -> Bookmark {
        Bookmark::behind(&self.window, change)
    }
}

/// When the follower began its last read that reached the end; `None`: there is no follower.
pub(super) type LastRead = Arc<Mutex<Option<Instant>>>;
