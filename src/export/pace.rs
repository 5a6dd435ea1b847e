//! How an export makes room for others. It has no end in sight and nobody waits for its next row, so whoever asks for an
//! answer meanwhile goes first: then it reads little at a time, and rests for as long as it has read.

use std::time::Duration;

use telemetry::metrics::OperationLoad;

/// How many rows a page has at most: each page costs the database some time by itself.
const LARGEST_PAGE: usize = 1_000;
/// How many while others are answered. Reading and writing them takes a processor a few milliseconds, which is what others
/// then wait for.
const SMALL_PAGE: usize = 100;
/// How long the JSON of a page may be, in bytes, if its rows are as long as those before: two are in memory at once.
const PAGE_BYTES: usize = 1 << 20;

/// The pace of one export.
pub struct Pace {
    /// Bytes of a row, of the last page on average.
    row_bytes: usize,
    /// How long the last page took; where others need the database, or the processors, too, that is longer.
    took: Duration,
    /// How many operations had begun before the last page.
    begun: Option<u64>,
}

/// How the next page is read.
#[derive(Debug, PartialEq, Eq)]
pub struct PageStep {
    pub rest: Duration,
    pub rows: usize,
}

impl Pace {
    /// That of an export that has read nothing yet: its first page is there soon, and says how long rows are.
    pub fn new() -> Self {
        Self {
            row_bytes: 4 * PAGE_BYTES / LARGEST_PAGE,
            took: Duration::ZERO,
            begun: None,
        }
    }

    /// Notes a page of so many rows, which are so long, and took so long.
    pub fn read(&mut self, rows: usize, bytes: usize, took: Duration) {
        self.row_bytes = (bytes / rows.max(1)).max(1);
        self.took = took;
    }

    /// What comes next, while others ask for this. Who asks for one short answer after the other is found between two of them.
    pub fn next(&mut self, load: OperationLoad) -> PageStep {
        let has_begun = self.begun.replace(load.begun).is_some_and(|begun| begun != load.begun);
        let is_busy = load.running > 0 || has_begun;
        let (most, rest) = match is_busy {
            false => (LARGEST_PAGE, Duration::ZERO),
            true => (SMALL_PAGE, self.took),
        };
        PageStep {
            rest,
            rows: (PAGE_BYTES / self.row_bytes).clamp(1, most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(5);
    const NOBODY: OperationLoad = OperationLoad { running: 0, begun: 0 };

    #[test]
    fn pages_are_as_large_as_memory_allows() {
        let mut pace = Pace::new();
        assert_eq!(pace.next(NOBODY).rows, 250);
        for (rows, bytes, next) in [(100, 100, 1_000), (2, 2 << 20, 1), (100, 100 << 12, 256), (0, 0, 1_000)] {
            pace.read(rows, bytes, SOON);
            assert_eq!(pace.next(NOBODY).rows, next);
        }
    }

    #[test]
    fn it_makes_room_only_while_others_are_answered() {
        let mut pace = Pace::new();
        pace.read(100, 100, SOON);
        let alone = PageStep {
            rest: Duration::ZERO,
            rows: 1_000,
        };
        let beside_others = PageStep {
            rest: SOON,
            rows: SMALL_PAGE,
        };
        assert_eq!(pace.next(NOBODY), alone);
        assert_eq!(pace.next(OperationLoad { running: 1, begun: 0 }), beside_others);
        // One has begun and ended since.
        assert_eq!(pace.next(OperationLoad { running: 0, begun: 1 }), beside_others);
        assert_eq!(pace.next(OperationLoad { running: 0, begun: 1 }), alone);
    }
}
