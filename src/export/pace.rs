//! How an export yields to requests. An export may take long and nobody waits for its next row, so requests get
//! priority: while any run, it reads small pages, and after each pauses for as long as reading it took.

use std::time::Duration;

use telemetry::metrics::OperationLoad;

/// Maximum number of rows in a page; large, because each page has a fixed cost in the database.
const LARGEST_PAGE: usize = 1_000;
/// Maximum number of rows in a page while requests run. Reading and writing them takes a few milliseconds of a
/// processor, by which a request may be delayed.
const SMALL_PAGE: usize = 100;
/// Target size of the JSON of a page in bytes, estimated from the rows of the previous page. Two pages are in memory at
/// once.
const PAGE_BYTES: usize = 1 << 20;

/// The pace of one export.
pub struct Pace {
    /// Average size of a row of the last page, in bytes.
    row_bytes: usize,
    /// How long reading the last page took; longer under contention for the database or the processors.
    took: Duration,
    /// Number of operations that had begun when the last page was planned.
    begun: Option<u64>,
}

/// How the next page is read.
#[derive(Debug, PartialEq, Eq)]
pub struct PageStep {
    pub rest: Duration,
    pub rows: usize,
}

impl Pace {
    /// The pace of a new export. Its first page is small, so that it arrives soon, and gives the size of rows.
    pub fn new() -> Self {
        Self {
            row_bytes: 4 * PAGE_BYTES / LARGEST_PAGE,
            took: Duration::ZERO,
            begun: None,
        }
    }

    /// Records the number of rows of a page, its bytes, and how long reading it took.
    pub fn read(&mut self, rows: usize, bytes: usize, took: Duration) {
        self.row_bytes = (bytes / rows.max(1)).max(1);
        self.took = took;
    }

    /// The next step under this load. A client that sends short requests one after the other may have none running
    /// right now, so operations that have begun since the last page count as well.
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
