//! The least speed at which an export is read: a reader below it would hold a place and a moment of the database for as
//! long as it likes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::http::ExportLimits;

/// The number of bytes that a reader has taken so far.
#[derive(Clone, Default)]
pub struct BytesTaken(Arc<AtomicU64>);

impl BytesTaken {
    pub fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The reader was below the floor.
#[derive(Debug, PartialEq, Eq)]
pub struct TooSlow;

/// Measures a reader while it is waited for: what the gateway itself takes is not the reader's fault.
pub struct SpeedFloor {
    taken: BytesTaken,
    window: Duration,
    least: u64,
    /// Of the present window: how long the reader has been waited for, and what it had taken when the window began.
    waited: Duration,
    before: u64,
}

impl SpeedFloor {
    pub fn new(limits: &ExportLimits, taken: BytesTaken) -> Self {
        Self {
            window: limits.floor_window(),
            least: limits.floor_bytes(),
            waited: Duration::ZERO,
            before: taken.get(),
            taken,
        }
    }

    /// Waits for the reader, until a whole window was too slow.
    pub async fn wait<T>(&mut self, reading: impl Future<Output = T>) -> Result<T, TooSlow> {
        let mut reading = std::pin::pin!(reading);
        loop {
            let start = Instant::now();
            match timeout(self.window.saturating_sub(self.waited), &mut reading).await {
                Ok(read) => {
                    self.waited += start.elapsed();
                    return Ok(read);
                }
                Err(_) => self.end_window()?,
            }
        }
    }

    fn end_window(&mut self) -> Result<(), TooSlow> {
        let taken = self.taken.get();
        if taken - self.before < self.least {
            return Err(TooSlow);
        }
        (self.waited, self.before) = (Duration::ZERO, taken);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor(window: Duration, taken: &BytesTaken) -> SpeedFloor {
        SpeedFloor {
            taken: taken.clone(),
            window,
            least: 1_000,
            waited: Duration::ZERO,
            before: taken.get(),
        }
    }

    #[test]
    fn each_window_is_measured_by_itself() {
        let taken = BytesTaken::default();
        taken.add(5_000);
        let mut floor = floor(Duration::from_secs(1), &taken);
        taken.add(2_500);
        assert_eq!(floor.end_window(), Ok(()));
        taken.add(1_000);
        assert_eq!(floor.end_window(), Ok(()));
        taken.add(999);
        assert_eq!(floor.end_window(), Err(TooSlow));
    }

    #[tokio::test]
    async fn short_waits_add_up_to_a_window() {
        let taken = BytesTaken::default();
        let mut floor = floor(Duration::from_millis(50), &taken);
        let mut waits = 0;
        while floor.wait(tokio::time::sleep(Duration::from_millis(10))).await.is_ok() {
            taken.add(10);
            waits += 1;
        }
        assert!(waits < 10, "{waits}");
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_is_not_waited_for_without_end() {
        let mut floor = floor(Duration::from_millis(10), &BytesTaken::default());
        assert_eq!(floor.wait(std::future::pending::<()>()).await, Err(TooSlow));
    }
}
