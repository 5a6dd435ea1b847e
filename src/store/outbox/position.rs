//! How far the outbox was read.
//!
//! PostgreSQL's transactions commit in any order, whatever the order of their numbers and of the ids that they took. But a
//! snapshot says of every transaction whether it had ended, and each row says which transaction wrote it. So what was
//! committed between two snapshots is what the later one shows and the earlier one does not: nothing is told twice and
//! nothing is left out, however long a transaction takes.

/// How far the outbox was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// SQLite: one transaction writes at a time, so ids are in the order of commits. All up to this one were read.
    Behind(i64),
    /// PostgreSQL.
    Between(Snapshots),
}

/// What is read at present: what `until` shows and `seen` does not, behind `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshots {
    /// All that this snapshot shows was read.
    pub seen: String,
    /// `None`: the next reading says so.
    pub until: Option<String>,
    /// The transaction and the id of the last row that was read.
    pub after: (i64, i64),
}

impl Snapshots {
    /// Behind all that a snapshot shows, as `pg_current_snapshot()` writes it.
    pub fn behind(snapshot: String) -> Self {
        Self {
            after: (oldest(&snapshot), 0),
            seen: snapshot,
            until: None,
        }
    }

    /// Goes behind a reading by `snapshot`, whose last row is `last` if there may be more rows.
    pub fn advance(&mut self, snapshot: String, last: Option<(i64, i64)>) {
        let until = self.until.take().unwrap_or(snapshot);
        match last {
            Some(last) => (self.until, self.after) = (Some(until), last),
            None => *self = Self::behind(until),
        }
    }
}

/// The first transaction that had not ended (xmin); ids begin with 1, so that all of its rows are behind (it, 0).
fn oldest(snapshot: &str) -> i64 {
    let number = snapshot.split(':').next().and_then(|number| number.parse().ok());
    // Not as PostgreSQL writes it: then all are looked at, which only takes longer.
    number.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_up_to_the_snapshot_of_the_first() {
        let mut position = Snapshots::behind("100:105:100,103".to_owned());
        assert_eq!(position.after, (100, 0));
        position.advance("104:110:104".to_owned(), Some((103, 7)));
        position.advance("200:200:".to_owned(), Some((106, 9)));
        let (seen, until) = ("100:105:100,103".to_owned(), Some("104:110:104".to_owned()));
        let after = (106, 9);
        assert_eq!(position, Snapshots { seen, until, after });
        position.advance("300:300:".to_owned(), None);
        assert_eq!(position, Snapshots::behind("104:110:104".to_owned()));
    }
}
