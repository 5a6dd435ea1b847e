//! How far the database is: positions in PostgreSQL's write-ahead log.

use std::fmt;

use sea_orm::DbErr;

/// Every server that has replayed the log up to here has what was committed before it. Callers are given it and hand it
/// back; a caller that makes one up is answered by the primary, or reads earlier data, as if it had given none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPosition {
    /// Increases by one whenever a standby is promoted.
    pub timeline: u32,
    /// The position in it, in bytes. A timeline continues where it left the one before.
    pub lsn: u64,
}

macro_rules! ask {
    () => {
        "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), (pg_current_wal_insert_lsn() - '0/0')::text"
    };
}

/// Asks a primary for its position, as text, after everything that was committed there so far.
pub const ASK: &str = ask!();

/// Commits a transaction, and asks for the position in the same round trip.
pub const COMMIT_AND_ASK: &str = concat!("COMMIT; ", ask!());

impl LogPosition {
    /// Ahead of everything: it is unknown how far a caller's last write is.
    pub const UNKNOWN: Self = Self {
        timeline: u32::MAX,
        lsn: u64::MAX,
    };

    /// Whether a server that has replayed up to `self` has everything up to `needed`, given that both are of one
    /// history. A position on an earlier timeline is on this one as well, or was given up when this one began: then no
    /// server has it.
    pub fn has(self, needed: Self) -> bool {
        self.timeline >= needed.timeline && self.lsn >= needed.lsn
    }

    /// Parses the answer to [`ASK`]: the timeline as in the name of a log file, and the position as a number.
    pub fn answered(timeline: &str, lsn: &str) -> Result<Self, DbErr> {
        let read = || {
            Some(Self {
                timeline: u32::from_str_radix(timeline, 16).ok()?,
                lsn: lsn.parse().ok()?,
            })
        };
        read().ok_or_else(|| DbErr::Type(format!("{timeline:?} and {lsn:?} are no place in the log")))
    }

    /// Parses what a caller hands back: two numbers in hexadecimal digits, as `{}` writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let is_number =
            |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (timeline, lsn) = text.split_once('-')?;
        (is_number(timeline, 8) && is_number(lsn, 16)).then_some(())?;
        Some(Self {
            timeline: u32::from_str_radix(timeline, 16).ok()?,
            lsn: u64::from_str_radix(lsn, 16).ok()?,
        })
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}-{:x}", self.timeline, self.lsn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(timeline: u32, lsn: u64) -> LogPosition {
        LogPosition { timeline, lsn }
    }

    #[test]
    fn positions_are_read_as_they_are_written() {
        for place in [position(1, 0x16B_3748), position(0, 0), LogPosition::UNKNOWN] {
            assert_eq!(LogPosition::parse(&place.to_string()), Some(place));
        }
        assert_eq!(position(1, 0x16B_3748).to_string(), "1-16b3748");
        assert_eq!(LogPosition::answered("0000000A", "255").ok(), Some(position(10, 255)));
        for wrong in [
            "",
            "1",
            "1-",
            "-1",
            "1-g",
            "+1-1",
            "1-1 ",
            "1-1-1",
            "123456789-1",
            "1-12345678901234567",
            "1/1",
            "é-1",
        ] {
            assert_eq!(LogPosition::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn whoever_is_behind_or_on_an_earlier_timeline_has_not_everything() {
        let needed = position(2, 100);
        for (at, has) in [
            (position(2, 100), true),
            (position(2, 99), false),
            (position(3, 100), true),
            (position(3, 99), false),
            // What a former primary wrote after it was left behind, and standbys that follow it.
            (position(1, 500), false),
        ] {
            assert_eq!(at.has(needed), has, "{at}");
        }
        assert!(!position(7, u64::MAX).has(LogPosition::UNKNOWN));
    }
}
