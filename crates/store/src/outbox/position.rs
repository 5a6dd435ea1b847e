//! How far the outbox was read.
//!
//! PostgreSQL's transactions commit in any order, whatever the order of their numbers and of the ids that they took.
//! But a snapshot shows for every transaction whether it had ended, and each row records which transaction wrote it. So
//! what was committed between two snapshots is what the later one shows and the earlier one does not: nothing is read
//! twice and nothing is left out, however long a transaction takes.
//!
//! A stretch between two snapshots is read in the order of ids. A transaction that waited for another one's lock takes
//! its ids after that one, whatever the order of their numbers, so that the changes of an object are in their order.

use serde::{Deserialize, Serialize};

/// How far the outbox was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutboxPosition {
    /// SQLite: one transaction writes at a time, so ids are in the order of commits. All rows up to this id were read.
    Behind(i64),
    /// PostgreSQL.
    Between(SnapshotRange),
}

/// What is being read: what `until` shows and `seen` does not, with ids after `after`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRange {
    /// Everything that this snapshot shows was read.
    pub seen: String,
    /// `None`: the next read determines it.
    pub until: Option<String>,
    /// The id of the last row that was read of it; 0: none.
    pub after: i64,
}

impl OutboxPosition {
    /// The text that is stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("positions are numbers and texts")
    }

    /// Parses what [`OutboxPosition::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The stretch that was read between this and the position that a read came to, so that it can be read once more.
    pub(super) fn window_to(&self, come_to: &Self) -> Self {
        match (self, come_to) {
            (Self::Between(from), Self::Between(to)) => {
                let until = from.until.as_ref().or(to.until.as_ref()).unwrap_or(&to.seen);
                Self::Between(SnapshotRange {
                    until: Some(until.clone()),
                    ..from.clone()
                })
            }
            _ => self.clone(),
        }
    }

    /// Whether the next read ends before the present.
    pub(super) fn is_bounded(&self) -> bool {
        matches!(self, Self::Between(SnapshotRange { until: Some(_), .. }))
    }

    /// A sort key for positions up to which everything was read, by how far they are.
    pub fn order(&self) -> (i64, i64, i64) {
        match self {
            Self::Behind(last) => (*last, 0, 0),
            Self::Between(snapshots) => {
                let (oldest, newest, running) = snapshots.parts();
                // Of two that differ in this only, the one with fewer running transactions is later.
                (oldest, newest, -i64::try_from(running.count()).unwrap_or(i64::MAX))
            }
        }
    }

    /// Whether a row comes after it: not yet read by a reader at this position.
    pub fn is_before(&self, id: i64, transaction: Option<i64>) -> bool {
        match (self, transaction) {
            (Self::Behind(last), _) => id > *last,
            (Self::Between(snapshots), Some(transaction)) => !snapshots.shows(transaction),
            // Rows of PostgreSQL always name one.
            (Self::Between(_), None) => false,
        }
    }
}

impl SnapshotRange {
    /// Whether the rows of a transaction were visible.
    fn shows(&self, transaction: i64) -> bool {
        let (oldest, newest, mut running) = self.parts();
        transaction < oldest || (transaction < newest && !running.any(|number| number == transaction))
    }

    /// From the snapshot `seen`: the oldest transaction that still ran, the first that had not begun, and all that
    /// still ran.
    fn parts(&self) -> (i64, i64, impl Iterator<Item = i64>) {
        let mut parts = self.seen.split(':');
        let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        let (oldest, newest) = (number(), number());
        let running = parts.next().unwrap_or_default().split(',');
        (oldest, newest, running.filter_map(|part| part.parse().ok()))
    }

    /// The position after everything that a snapshot shows, as `pg_current_snapshot()` writes it.
    pub fn behind(snapshot: String) -> Self {
        Self {
            seen: snapshot,
            until: None,
            after: 0,
        }
    }

    /// The first transaction that had not ended (xmin) in `seen`: what is read was written by it or by later ones.
    pub fn oldest(&self) -> i64 {
        self.parts().0
    }

    /// The first transaction that had not begun (xmax) in `seen`.
    pub fn newest(&self) -> i64 {
        self.parts().1
    }

    /// Moves past a read with `snapshot`, whose last row is `last` if there may be more rows.
    pub fn advance(&mut self, snapshot: String, last: Option<i64>) {
        let until = self.until.take().unwrap_or(snapshot);
        match last {
            Some(last) => (self.until, self.after) = (Some(until), last),
            None => *self = Self::behind(until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_up_to_the_snapshot_of_the_first() {
        let mut position = SnapshotRange::behind("100:105:100,103".to_owned());
        assert_eq!((position.oldest(), position.after), (100, 0));
        position.advance("104:110:104".to_owned(), Some(7));
        position.advance("200:200:".to_owned(), Some(9));
        let (seen, until) = ("100:105:100,103".to_owned(), Some("104:110:104".to_owned()));
        let after = 9;
        assert_eq!(position, SnapshotRange { seen, until, after });
        position.advance("300:300:".to_owned(), None);
        assert_eq!(position, SnapshotRange::behind("104:110:104".to_owned()));
    }

    #[test]
    fn a_stretch_ends_where_its_reading_did() {
        let start = OutboxPosition::Between(SnapshotRange::behind("100:105:100,103".to_owned()));
        let until = |position: &OutboxPosition| match position {
            OutboxPosition::Between(snapshots) => snapshots.until.clone(),
            OutboxPosition::Behind(_) => None,
        };
        let mut position = start.clone();
        let mut advance = |now: &str, last| {
            let before = position.clone();
            if let OutboxPosition::Between(snapshots) = &mut position {
                snapshots.advance(now.to_owned(), last);
            }
            (before.is_bounded(), until(&before.window_to(&position)))
        };
        let first = Some("104:110:104".to_owned());
        assert_eq!(advance("104:110:104", Some(7)), (false, first.clone()));
        assert_eq!(advance("200:200:", Some(9)), (true, first.clone()));
        assert_eq!(advance("300:300:", None), (true, first));
        assert_eq!(advance("400:400:", None), (false, Some("400:400:".to_owned())));
        assert_eq!(
            OutboxPosition::Behind(3).window_to(&OutboxPosition::Behind(9)),
            OutboxPosition::Behind(3)
        );
    }

    #[test]
    fn a_position_knows_what_is_behind_it() {
        let position = OutboxPosition::Between(SnapshotRange::behind("100:105:101,103".to_owned()));
        let behind: Vec<_> = (98..108)
            .filter(|number| position.is_before(1, Some(*number)))
            .collect();
        assert_eq!(behind, [101, 103, 105, 106, 107]);
        assert!(!position.is_before(1, None));
        assert_eq!(OutboxPosition::parse(&position.text()), Some(position));
        assert!(OutboxPosition::Behind(4).is_before(5, None) && !OutboxPosition::Behind(4).is_before(4, None));
    }

    #[test]
    fn positions_are_in_the_order_of_time() {
        let of = |seen: &str| OutboxPosition::Between(SnapshotRange::behind(seen.to_owned())).order();
        assert!(
            [
                "100:105:100,103",
                "100:105:100",
                "100:106:100,105",
                "105:105:",
                "105:106:"
            ]
            .iter()
            .map(|seen| of(seen))
            .is_sorted()
        );
        assert!(OutboxPosition::Behind(3).order() < OutboxPosition::Behind(4).order());
    }
}
