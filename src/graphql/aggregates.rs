//! Counts and sums of a request, read once per list: aliases may request the same list many times.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::cursor::Fingerprint;
use super::error::ApiError;
use store::commission_totals::StatusTotal;

/// The counts and sums that a request has read.
#[derive(Default)]
pub struct Aggregates {
    /// The numbers of entries of lists.
    pub counts: Memo<u64>,
    /// The lists that were counted by the statement that read them.
    pub counted: CountedLists,
    /// Sums of commissions: of whole lists, and by interval.
    pub totals: Memo<Vec<StatusTotal>>,
    pub series: Memo<Arc<Vec<(usize, StatusTotal)>>>,
}

impl Aggregates {
    /// Clears the cache, so that later fields read again.
    pub fn forget(&self) {
        self.counts.forget();
        self.counted.forget();
        self.totals.forget();
        self.series.forget();
    }
}

/// The lists of a request that a statement has counted along with reading them.
#[derive(Default)]
pub struct CountedLists(Mutex<HashSet<String>>);

impl CountedLists {
    /// Notes the list; `false`: it was noted before.
    pub fn insert(&self, list: String) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(list)
    }

    fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// One cached result per list, shared by concurrent readers.
pub struct Memo<T>(Mutex<HashMap<Fingerprint, Arc<OnceCell<T>>>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Memo<T> {
    /// The cached result of a list, or that of `read`. Concurrent callers wait for the same read; errors are not
    /// cached.
    pub async fn get(&self, list: Fingerprint, read: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            cells.entry(list).or_default().clone()
        };
        cell.get_or_try_init(|| read).await.cloned()
    }

    fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn equal_ones_are_read_once_and_failures_again() {
        let (once, reads) = (Memo::default(), &AtomicU32::new(0));
        let read = |list: u8, fails: bool| {
            once.get([list; 8], async move {
                tokio::task::yield_now().await;
                let number = reads.fetch_add(1, Ordering::Relaxed);
                if fails {
                    Err(ApiError::bad_user_input("no"))
                } else {
                    Ok(number)
                }
            })
        };
        assert!(read(1, true).await.is_err());
        let found = join_all([1, 2, 1, 1, 2].map(|list| read(list, false))).await;
        let found: Vec<_> = found.into_iter().map(|found| found.unwrap()).collect();
        assert_eq!(found, [1, 2, 1, 1, 2]);
        assert_eq!(reads.load(Ordering::Relaxed), 3);
        once.forget();
        assert_eq!(read(1, false).await.unwrap(), 3);
    }
}
