//! Whether the file can be written: known from the last write, and tried only while it is in doubt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use sea_orm::{DbBackend, DbErr, RuntimeErr, Statement};

use super::lease::Lease;
use super::primary_code;

/// SQLite's codes for what prevents all writes: no permission, another process's lock, a read-only file, a disk fault,
/// a damaged file, a full disk, a file that does not open or is no database.
const PREVENTING: [i32; 8] = [3, 5, 8, 10, 11, 13, 14, 26];

/// Takes disk space as a request does, and releases it. The table is SQLite's own, and its content is restored at every
/// start (`store::statistics`).
const TAKE: &str = "INSERT INTO sqlite_stat1 (tbl, stat) VALUES ('room', hex(zeroblob(32768)))";
const GIVE_BACK: &str = "DELETE FROM sqlite_stat1 WHERE tbl = 'room'";

/// The last write succeeded. 0 is the initial state, before any write.
const SOUND: u8 = 1;
/// The last write failed, for a reason that prevents all writes.
const BROKEN: u8 = 2;

/// How long a check waits for an attempt to write.
const TIMEOUT: Duration = Duration::from_millis(50);
/// Minimum interval between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct FileHealth {
    state: AtomicU8,
    /// An attempt is under way, or was made within [`PAUSE`].
    trying: AtomicBool,
}

impl FileHealth {
    /// Something was written, and is committed.
    pub fn wrote(&self) {
        self.state.store(SOUND, Ordering::Relaxed);
    }

    /// Takes any error of the writing connection.
    pub fn failed(&self, error: &sqlx::Error) {
        if primary_code(error).is_some_and(|code| PREVENTING.contains(&code)) {
            self.state.store(BROKEN, Ordering::Relaxed);
        }
    }

    /// Whether writes succeed, as far as is known. Where it is not, `lease` provides the writing connection for an
    /// attempt.
    pub async fn check<F>(self: &Arc<Self>, lease: impl FnOnce() -> F) -> Result<(), DbErr>
    where
        F: Future<Output = Result<Lease, DbErr>> + Send + 'static,
    {
        if self.state.load(Ordering::Relaxed) != SOUND && !self.trying.swap(true, Ordering::Relaxed) {
            let (health, lease) = (self.clone(), lease());
            // Spawned, since the caller may have less patience than the disk.
            let attempt = tokio::spawn(async move {
                let done = async { write(&mut lease.await?).await }.await;
                match done {
                    Ok(()) => health.wrote(),
                    Err(error) => tracing::warn!(%error, "the database cannot be written"),
                }
                tokio::spawn(async move {
                    tokio::time::sleep(PAUSE).await;
                    health.trying.store(false, Ordering::Relaxed);
                });
            });
            let _ = tokio::time::timeout(TIMEOUT, attempt).await;
        }
        if self.state.load(Ordering::Relaxed) == BROKEN {
            let message = "the last write failed: the disk is full, or the file cannot be written";
            return Err(DbErr::Exec(RuntimeErr::Internal(message.to_owned())));
        }
        Ok(())
    }
}

async fn write(lease: &mut Lease) -> Result<(), DbErr> {
    for statement in [TAKE, GIVE_BACK] {
        lease.begin("BEGIN IMMEDIATE").await?;
        let statement = Statement::from_string(DbBackend::Sqlite, statement);
        lease.execute(statement).await?;
        lease.commit().await?;
    }
    Ok(())
}
