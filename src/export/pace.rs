//! How an export makes room for others. It has no end in sight and nobody waits for its next row, so whoever asks for an
//! answer meanwhile goes first: then it reads little at a time, and rests for as long as it has read.

use std::time::Duration;

/// How many rows a page has at most: each page costs the database some time by itself.
const LARGEST_PAGE: usize = 1_000;
/// How many while others are answered. Reading and writing them takes a processor a few milliseconds, which is what others
/// then wait for.
const SMALL_PAGE: usize = 250;
/// How long the JSON of a page may be, in bytes, if its rows are as long as those before: two are in memory at once.
const PAGE_BYTES: usize = 1 << 20;

/// The pace of one export.
pub struct Pace {
    /// Bytes of a row, of the last page on average.
    row_bytes: usize,
    /// How long the last page took; where others need the database, or the processors, too, that is longer.
    took: Duration,
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
        }
    }

    /// Notes a page of so many rows, which are so long, and took so long.
    pub fn read(&mut self, rows: usize, bytes: usize, took: Duration) {
        self.row_bytes = (bytes / rows.max(1)).max(1);
        self.took = took;
    }

    /// What comes next. `is_busy`: others are answered.
    pub fn next(&self, is_busy: bool) -> PageStep {
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

    #[test]
    fn pages_are_as_large_as_memory_allows() {
        let mut pace = Pace::new();
        assert_eq!(pace.next(false).rows, 250);
        for (rows, bytes, next) in [(100, 100, 1_000), (2, 2 << 20, 1), (100, 100 << 12, 256), (0, 0, 1_000)] {
            pace.read(rows, bytes, SOON);
            assert_eq!(pace.next(false).rows, next);
        }
    }

    #[test]
    fn it_makes_room_only_while_others_are_answered() {
        let mut pace = Pace::new();
        pace.read(100, 100, SOON);
        let (rest, rows) = (Duration::ZERO, 1_000);
        assert_eq!(pace.next(false), PageStep { rest, rows });
        let (rest, rows) = (SOON, 250);
        assert_eq!(pace.next(true), PageStep { rest, rows });
    }
}
