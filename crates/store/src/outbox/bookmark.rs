//! A position in the outbox at which a listener may resume: the stretch that was read at once, and the row in it.
//!
//! On SQLite the id of a row is enough. On PostgreSQL rows are delivered stretch by stretch between two snapshots, and
//! within a stretch in the order of ids; so both snapshots are recorded, and a listener that resumes reads the rest of
//! that stretch.

use super::CommissionChange;
use super::position::{OutboxPosition, SnapshotRange};
use domain::Timestamp;

/// The position after a row that was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// The rest of the stretch in which the row was read.
    pub(super) window: OutboxPosition,
    /// When the row was written.
    pub(super) at: Timestamp,
}

/// Maximum length of a bookmark's text. No snapshot of ours is as long: a server has fewer connections.
const MAX_BYTES: usize = 16_000;

impl Bookmark {
    pub(super) fn behind(window: &OutboxPosition, change: &CommissionChange) -> Self {
        let window = match window {
            OutboxPosition::Behind(_) => OutboxPosition::Behind(change.id),
            OutboxPosition::Between(range) => OutboxPosition::Between(SnapshotRange {
                after: change.id,
                ..range.clone()
            }),
        };
        Self { window, at: change.at }
    }

    /// The text that is given to listeners.
    pub fn text(&self) -> String {
        let at = self.at.timestamp_micros();
        match &self.window {
            OutboxPosition::Behind(id) => format!("{id};{at}"),
            OutboxPosition::Between(SnapshotRange { seen, until, after }) => {
                let until = until.as_deref().unwrap_or_default();
                format!("{after};{at};{seen};{until}")
            }
        }
    }

    /// Parses what [`Bookmark::text`] wrote. Callers may send anything, so that it is validated.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let parts: Vec<_> = text.split(';').collect();
        let number = |part: &str| part.parse::<i64>().ok().filter(|number| *number >= 0);
        let (id, micros) = (number(parts.first()?)?, number(parts.get(1)?)?);
        let window = match parts[2..] {
            [] => OutboxPosition::Behind(id),
            [seen, until] => OutboxPosition::Between(SnapshotRange {
                seen: Some(seen).filter(|seen| is_snapshot(seen))?.to_owned(),
                until: Some(Some(until).filter(|until| is_snapshot(until))?.to_owned()),
                after: id,
            }),
            _ => return None,
        };
        let at = Timestamp::from_timestamp_micros(micros)?;
        Some(Self { window, at })
    }

    /// How far a listener that resumes has to read to be where it was.
    pub(super) fn reach(&self) -> OutboxPosition {
        match &self.window {
            OutboxPosition::Between(SnapshotRange { until: Some(until), .. }) => {
                OutboxPosition::Between(SnapshotRange::behind(until.clone()))
            }
            window => window.clone(),
        }
    }
}

/// Whether PostgreSQL reads it as a snapshot: the oldest transaction that ran, the first that had not begun, and
/// between them, in ascending order, those that ran.
fn is_snapshot(text: &str) -> bool {
    let number = |part: &str| part.parse::<i64>().ok().filter(|number| *number > 0);
    let parts: Vec<_> = text.split(':').collect();
    let [oldest, newest, running] = parts[..] else {
        return false;
    };
    let (Some(oldest), Some(newest)) = (number(oldest), number(newest)) else {
        return false;
    };
    let running = running.split(',').filter(|part| !part.is_empty()).map(number);
    let Some(running) = running.collect::<Option<Vec<_>>>() else {
        return false;
    };
    oldest <= newest && running.is_sorted() && running.iter().all(|number| (oldest..newest).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{CommissionId, PartnerId, TenantId};

    fn change(id: i64) -> CommissionChange {
        let at = Timestamp::from_timestamp_micros(1_700_000_000_000_001).unwrap();
        CommissionChange {
            id,
            transaction: Some(104),
            at,
            tenant: TenantId::new(at),
            partner: PartnerId::new(at),
            commission: CommissionId::new(at),
        }
    }

    #[test]
    fn a_bookmark_reads_as_it_was_written() {
        let between = OutboxPosition::Between(SnapshotRange {
            seen: "100:105:100,103".to_owned(),
            until: Some("104:110:104".to_owned()),
            after: 3,
        });
        for window in [OutboxPosition::Behind(3), between] {
            let bookmark = Bookmark::behind(&window, &change(7));
            assert_eq!(Bookmark::parse(&bookmark.text()), Some(bookmark));
        }
        assert_eq!(
            Bookmark::behind(&OutboxPosition::Behind(3), &change(7)).window,
            OutboxPosition::Behind(7)
        );
    }

    #[test]
    fn what_is_no_bookmark_is_not_read() {
        for text in [
            "",
            "7",
            "-7;1",
            "7;x",
            "7;9223372036854775807",
            "7;1;1",
            "7;1;5:9:;",
            "7;1;5:9:x;5:9:",
            "7;1;9:5:;5:9:",
            "7;1;5:9:9;5:9:",
            "7;1;5:9:8,6;5:9:",
            "7;1;0:9:;5:9:",
            "-7;1;5:9:;5:9:",
            "7;1;5:9:;5:9:;",
        ] {
            assert_eq!(Bookmark::parse(text), None, "{text}");
        }
        assert!(Bookmark::parse("7;1;5:9:6,8;5:9:").is_some());
        assert!(is_snapshot("5:5:"));
    }
}
