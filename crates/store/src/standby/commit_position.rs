//! The log position of what one operation wrote, or may have written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::Standbys;
use super::position::{ASK, LogPosition};
use crate::{Connection, StoreError};

/// The log position of an operation's last commit; `None`: there is none. A commit that was sent and not answered is
/// [`LogPosition::UNKNOWN`].
#[derive(Default)]
pub struct CommitPosition(Mutex<Option<LogPosition>>);

impl CommitPosition {
    /// Waits for a commit, which returns its position. If the wait is canceled, the position is unknown.
    pub async fn committing(
        &self,
        commit: impl Future<Output = Result<LogPosition, StoreError>>,
    ) -> Result<(), StoreError> {
        let before = self.set(Some(LogPosition::UNKNOWN));
        let answer = commit.await;
        match &answer {
            Ok(place) => self.set(before.max(Some(*place))),
            Err(StoreError::Unconfirmed(_)) => None,
            // It was rolled back.
            Err(_) => self.set(before),
        };
        answer.map(drop)
    }

    fn set(&self, place: Option<LogPosition>) -> Option<LogPosition> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut latest, place)
    }

    fn latest(&self) -> Option<LogPosition> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mutation under way. However it ends, its caller's reads need what it wrote from then on.
pub struct CommitNote {
    standbys: Arc<Standbys>,
    subject: String,
    pub written: Arc<CommitPosition>,
}

impl CommitNote {
    pub fn new(standbys: Arc<Standbys>, subject: &str) -> Self {
        Self {
            standbys,
            subject: subject.to_owned(),
            written: Arc::default(),
        }
    }

    /// The mutation has been answered. Returns what the caller must find from now on, as far as is known. A mutation
    /// that wrote nothing was answered from what others had written, or from what it did when it was sent before: its
    /// caller must find that, too.
    pub async fn end(self, primary: &Connection) -> Option<LogPosition> {
        if self.written.latest().is_none()
            && let Ok(place) = ask(primary).await
        {
            self.written.set(Some(place));
        }
        self.written.latest().filter(|place| *place != LogPosition::UNKNOWN)
    }
}

impl Drop for CommitNote {
    fn drop(&mut self) {
        if let Some(place) = self.written.latest() {
            self.standbys.memory.note(&self.subject, place, Instant::now());
        }
    }
}

async fn ask(primary: &Connection) -> Result<LogPosition, StoreError> {
    let ask = Statement::from_sql_and_values(DbBackend::Postgres, ASK, []);
    let row = primary.query_one_raw(ask).await?.ok_or(StoreError::ReadOnly)?;
    let (timeline, lsn): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(LogPosition::answered(&timeline, &lsn)?)
}
