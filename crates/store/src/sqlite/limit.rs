//! How long a statement may take. SQLite calls a progress handler after a fixed number of its instructions, and the
//! handler decides whether the statement continues.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::SqliteConnection;

/// Number of instructions between two calls of the progress handler: some tenths of a millisecond.
const INSTRUCTIONS: i32 = 10_000;

const NEVER: u64 = u64::MAX;
const NOW: u64 = 0;

/// When the current statement of a connection is interrupted.
#[derive(Clone)]
pub struct Limit {
    /// In milliseconds after `start`.
    end: Arc<AtomicU64>,
    start: Instant,
}

impl Limit {
    /// Installs the progress handler on the connection.
    pub async fn of(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let limit = Self {
            end: Arc::new(AtomicU64::new(NEVER)),
            start: Instant::now(),
        };
        let asked = limit.clone();
        let mut handle = connection.lock_handle().await?;
        handle.set_progress_handler(INSTRUCTIONS, move || asked.is_ahead());
        Ok(limit)
    }

    /// Sets the time limit of the next statement; `None`: unlimited.
    pub fn set(&self, timeout: Option<Duration>) {
        let end = timeout.map_or(NEVER, |timeout| milliseconds(self.start.elapsed() + timeout));
        self.end.store(end, Ordering::Relaxed);
    }

    /// Interrupts the statement, since nobody waits for it any more.
    pub fn interrupt(&self) {
        self.end.store(NOW, Ordering::Relaxed);
    }

    fn is_ahead(&self) -> bool {
        match self.end.load(Ordering::Relaxed) {
            NEVER => true,
            end => milliseconds(self.start.elapsed()) < end,
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(NEVER)
}
