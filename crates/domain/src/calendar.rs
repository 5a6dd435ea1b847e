//! Calendar months in a tenant's time zone, correct across daylight-saving changes.

use chrono::{Datelike, Months, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

use super::Timestamp;

/// The moment `months` calendar months after `start`: at the same local time of day, on the last day of the month if
/// the month is too short.
pub fn add_months(zone: Tz, start: Timestamp, months: u32) -> Timestamp {
    let local = start.with_timezone(&zone).naive_local();
    match local.checked_add_months(Months::new(months)) {
        Some(later) => resolve(zone, later),
        // Beyond the calendar's range: later than any recorded moment.
        None => Timestamp::MAX_UTC,
    }
}

/// The 1-based month, counted from `start`, in which `moment` lies. Moments before `start` count as month 1.
pub fn month_of_life(zone: Tz, start: Timestamp, moment: Timestamp) -> u32 {
    if moment <= start {
        return 1;
    }
    let (from, to) = (start.with_timezone(&zone), moment.with_timezone(&zone));
    let whole = (to.year() - from.year()) * 12 + i32::try_from(to.month()).unwrap_or(0)
        - i32::try_from(from.month()).unwrap_or(0);
    let whole = u32::try_from(whole).unwrap_or(0);
    // `moment` may still be earlier in its month than the monthly anniversary of `start`.
    if add_months(zone, start, whole) <= moment {
        whole + 1
    } else {
        whole.max(1)
    }
}

/// The moment of a local time. A local time that a clock change skips is read with the offset from before the change, and
/// so is as much after the change as it lies behind the start of the gap; an ambiguous one is the earlier of its two
/// moments.
pub fn resolve(zone: Tz, local: NaiveDateTime) -> Timestamp {
    if let Some(moment) = zone.from_local_datetime(&local).earliest() {
        return moment.with_timezone(&Utc);
    }
    let before = GapInfo::new(&local, &zone).and_then(|gap| gap.begin);
    let offset = before.map_or(TimeDelta::zero(), |(_, offset)| {
        TimeDelta::seconds(i64::from(offset.fix().local_minus_utc()))
    });
    Utc.from_utc_datetime(&(local - offset))
}

/// A unit of the local calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    Day,
    /// Starts on Monday.
    Week,
    Month,
}

/// The starts of the intervals that overlap [from, to); `None` if there are more than `most`.
pub fn intervals(zone: Tz, interval: Interval, from: Timestamp, to: Timestamp, most: usize) -> Option<Vec<Timestamp>> {
    let day = from.with_timezone(&zone).date_naive();
    let mut start = match interval {
        Interval::Day => day,
        Interval::Week => day - chrono::Days::new(u64::from(day.weekday().num_days_from_monday())),
        Interval::Month => day.with_day(1)?,
    };
    let mut starts = Vec::new();
    loop {
        let moment = resolve(zone, start.and_time(chrono::NaiveTime::MIN));
        if moment >= to && !starts.is_empty() {
            return Some(starts);
        }
        if starts.len() == most {
            return None;
        }
        starts.push(moment);
        start = match interval {
            Interval::Day => start.checked_add_days(chrono::Days::new(1))?,
            Interval::Week => start.checked_add_days(chrono::Days::new(7))?,
            Interval::Month => start.checked_add_months(Months::new(1))?,
        };
    }
}

/// The first local day that begins at the moment or later, such as 2026-07-31.
pub fn first_day_from(zone: Tz, moment: Timestamp) -> String {
    let day = moment.with_timezone(&zone).date_naive();
    let begins_before = resolve(zone, day.and_time(chrono::NaiveTime::MIN)) < moment;
    let next = day.checked_add_days(chrono::Days::new(u64::from(begins_before)));
    // The last day that is written with four digits of the year, so that days sort as texts.
    let last = chrono::NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(day);
    next.unwrap_or(last).min(last).format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    const BERLIN: Tz = chrono_tz::Europe::Berlin;

    #[test]
    fn months_follow_the_local_calendar() {
        for (start, months, expected) in [
            ("2026-01-31T12:00:00Z", 1, "2026-02-28T12:00:00Z"),
            ("2024-01-31T12:00:00Z", 1, "2024-02-29T12:00:00Z"),
            ("2026-01-31T12:00:00Z", 2, "2026-03-31T11:00:00Z"),
            // Local midnight stays local midnight over the change of clocks.
            ("2026-02-28T23:00:00Z", 1, "2026-03-31T22:00:00Z"),
            // 2026-03-29 02:30 does not exist in Berlin.
            ("2026-01-29T01:30:00Z", 2, "2026-03-29T01:30:00Z"),
            // 2026-10-25 02:30 comes twice: the earlier one.
            ("2026-09-25T00:30:00Z", 1, "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(
                add_months(BERLIN, at(start), months),
                at(expected),
                "{start} + {months}"
            );
        }
    }

    #[test]
    fn a_day_counts_from_its_first_moment() {
        for (moment, day) in [
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-03-28T23:00:00.000001Z", "2026-03-30"),
            // The day before had 23 hours.
            ("2026-03-29T22:00:00Z", "2026-03-30"),
            ("9999-12-31T23:59:59Z", "9999-12-31"),
        ] {
            assert_eq!(first_day_from(BERLIN, at(moment)), day, "{moment}");
        }
        // There is no midnight: clocks go from 23:59:59 to 01:00.
        let beirut: Tz = chrono_tz::Asia::Beirut;
        assert_eq!(first_day_from(beirut, at("2026-03-28T22:00:00Z")), "2026-03-29");
    }

    #[test]
    fn month_one_starts_at_the_acquisition() {
        let start = at("2026-01-31T12:00:00Z");
        for (moment, month) in [
            ("2025-06-01T00:00:00Z", 1),
            ("2026-01-31T12:00:00Z", 1),
            ("2026-02-28T11:59:59.999999Z", 1),
            ("2026-02-28T12:00:00Z", 2),
            ("2026-03-31T10:59:59Z", 2),
            ("2026-03-31T11:00:00Z", 3),
            ("2027-01-31T12:00:00Z", 13),
        ] {
            assert_eq!(month_of_life(BERLIN, start, at(moment)), month, "{moment}");
        }
    }

    #[test]
    fn intervals_follow_the_local_calendar_over_changes_of_clocks() {
        let days = intervals(
            BERLIN,
            Interval::Day,
            at("2026-03-28T12:00:00Z"),
            at("2026-03-30T00:00:00Z"),
            400,
        );
        let expected = ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"].map(at);
        assert_eq!(days, Some(expected.to_vec()));
        let weeks = intervals(
            BERLIN,
            Interval::Week,
            at("2026-03-29T12:00:00Z"),
            at("2026-03-30T00:00:00Z"),
            400,
        );
        assert_eq!(
            weeks,
            Some(["2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"].map(at).to_vec())
        );
        let months = intervals(
            BERLIN,
            Interval::Month,
            at("2025-12-31T23:00:00Z"),
            at("2026-03-01T00:00:00Z"),
            3,
        );
        let expected = ["2025-12-31T23:00:00Z", "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z"].map(at);
        assert_eq!(months, Some(expected.to_vec()));
        assert_eq!(
            intervals(
                BERLIN,
                Interval::Day,
                at("2026-01-01T00:00:00Z"),
                at("2027-03-01T00:00:00Z"),
                400
            ),
            None
        );
    }
}
