//! Tries whether the file can be written, while that is in doubt.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::{DbBackend, DbErr, RuntimeErr, Statement};

use super::health::FileHealth;
use super::lease::Lease;

/// Takes disk space as a request does, and releases it. The table is SQLite's own, and its content is restored at every
/// start (`store::statistics`).
const TAKE: &str = "INSERT INTO sqlite_stat1 (tbl, stat) VALUES ('room', hex(zeroblob(32768)))";
const GIVE_BACK: &str = "DELETE FROM sqlite_stat1 WHERE tbl = 'room'";

/// How long a check waits for an attempt to write.
const TIMEOUT: Duration = Duration::from_millis(50);
/// Minimum interval between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether writes succeed, as far as is known. Where it is not, `lease` provides the writing connection for an
/// attempt.
pub async fn check<F>(health: &Arc<FileHealth>, lease: impl FnOnce() -> F) -> Result<(), DbErr>
where
    F: Future<Output = Result<Lease, DbErr>> + Send + 'static,
{
    if !health.is_sound() && !health.trying.swap(true, Ordering::Relaxed) {
        let (noted, lease) = (health.clone(), lease());
        // Spawned, since the caller may have less patience than the disk.
        let attempt = tokio::spawn(async move {
            let done = async { write(&mut lease.await?).await }.await;
            match done {
                Ok(()) => noted.wrote(),
                Err(error) => tracing::warn!(%error, "the database cannot be written"),
            }
            tokio::spawn(async move {
                tokio::time::sleep(PAUSE).await;
                noted.trying.store(false, Ordering::Relaxed);
            });
        });
        let _ = tokio::time::timeout(TIMEOUT, attempt).await;
    }
    if health.is_broken() {
        let message = "the last write failed: the disk is full, or the file cannot be written";
        return Err(DbErr::Exec(RuntimeErr::Internal(message.to_owned())));
    }
    Ok(())
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
