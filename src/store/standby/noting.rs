//! What one operation wrote, and that it may have written something.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::Standbys;
use super::position::{ASK, Position};
use crate::store::{Reader, StoreError};

/// Where the commits of an operation are; `None`: there are none. A commit that was sent and not answered is
/// [`Position::UNKNOWN`].
#[derive(Default)]
pub struct Written(Mutex<Option<Position>>);

impl Written {
    /// Waits for a commit, which says where it is. Whoever gives up waiting does not know.
    pub async fn committing(
        &self,
        commit: impl Future<Output = Result<Position, StoreError>>,
    ) -> Result<(), StoreError> {
        let before = self.set(Some(Position::UNKNOWN));
        let answer = commit.await;
        match &answer {
            Ok(place) => self.set(before.max(Some(*place))),
            Err(StoreError::Unconfirmed(_)) => None,
            // It was undone.
            Err(_) => self.set(before),
        };
        answer.map(drop)
    }

    fn set(&self, place: Option<Position>) -> Option<Position> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut latest, place)
    }

    fn latest(&self) -> Option<Position> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mutation under way. However it ends, its caller needs what it wrote from then on.
pub struct Noting {
    standbys: Arc<Standbys>,
    subject: String,
    pub written: Arc<Written>,
}

impl Noting {
    pub fn new(standbys: Arc<Standbys>, subject: &str) -> Self {
        Self {
            standbys,
            subject: subject.to_owned(),
            written: Arc::default(),
        }
    }

    /// It has an answer. What the caller must find from now on, as far as anybody knows. One that wrote nothing was answered by
    /// what others had written, or by what it did when it was sent before: that, too.
    pub async fn end(self, primary: &Reader) -> Option<Position> {
        if self.written.latest().is_none()
            && let Ok(place) = ask(primary).await
        {
            self.written.set(Some(place));
        }
        self.written.latest().filter(|place| *place != Position::UNKNOWN)
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        if let Some(place) = self.written.latest() {
            self.standbys.memory.note(&self.subject, place, Instant::now());
        }
    }
}

async fn ask(primary: &Reader) -> Result<Position, StoreError> {
    let ask = Statement::from_sql_and_values(DbBackend::Postgres, ASK, []);
    let row = primary.query_one_raw(ask).await?.ok_or(StoreError::ReadOnly)?;
    let (timeline, lsn): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(Position::answered(&timeline, &lsn)?)
}
