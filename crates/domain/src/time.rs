//! Which times are recorded.

use chrono::{Datelike, NaiveDate};

use crate::Timestamp;
use crate::problem::{Fault, ProblemCode, Problems};

/// Earlier times are what programs write that have none: year 1, 1899-12-30, 1970-01-01.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1990, 1, 1).expect("a day");

/// A time that is recorded, or that a simulation computes with.
pub fn recorded(at: Timestamp) -> Result<Timestamp, Fault> {
    day(at.date_naive()).map(|_| at)
}

/// A recorded time of what has happened: not after `latest`, which allows for clocks that differ.
pub fn happened(at: Timestamp, latest: Timestamp) -> Result<Timestamp, Fault> {
    if at > latest {
        let latest = latest.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        return Err(Fault::invalid(format!(
            "is too far in the future: {latest} at the latest"
        )));
    }
    recorded(at)
}

/// The same for a day.
pub fn day(day: NaiveDate) -> Result<NaiveDate, Fault> {
    if day < EARLIEST {
        return Err(Fault::invalid(format!(
            "is before {EARLIEST}: so early a time is usually a missing one; leave it out if it is not known"
        )));
    }
    match day.year() {
        ..=9999 => Ok(day),
        _ => Err(Fault::invalid("is after the year 9999")),
    }
}

/// Adds a problem if a window [start, end) as entered is empty, or begins or ends with a time that is none.
pub fn check_window(starts_at: Option<Timestamp>, ends_at: Option<Timestamp>, problems: &mut Problems) {
    problems.optional("startsAt", starts_at, recorded);
    problems.optional("endsAt", ends_at, recorded);
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && start >= end
    {
        problems.add("endsAt", ProblemCode::Invalid, "must be after startsAt");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_no_times() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        for zero in [
            "0001-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "1899-12-30T00:00:00Z",
            "1989-12-31T23:59:59.999999Z",
        ] {
            assert!(
                recorded(at(zero)).is_err() && happened(at(zero), at("2026-01-01T00:00:00Z")).is_err(),
                "{zero}"
            );
        }
        assert!(recorded(Timestamp::default()).is_err() && recorded(Timestamp::MAX_UTC).is_err());
        for time in ["1990-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"] {
            assert_eq!(recorded(at(time)), Ok(at(time)));
        }
        assert!(happened(at("2026-01-01T00:00:01Z"), at("2026-01-01T00:00:00Z")).is_err());
    }
}
