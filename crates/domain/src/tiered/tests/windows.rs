//! Where windows begin and end.

use chrono::{Days, NaiveDate};
use chrono_tz::{America, Asia, Europe, Pacific, Tz};
use proptest::prelude::*;

use super::super::window::midnight;
use super::*;

const LAST_MICROSECOND: chrono::TimeDelta = chrono::TimeDelta::microseconds(1);

fn day(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn of(period: Period, zone: Tz, moment: &str) -> Option<(Timestamp, Timestamp)> {
    window(period, day("2000-01-01"), day("2099-12-31"), zone, at(moment)).map(|window| (window.start, window.end))
}

#[test]
fn periods_begin_and_end_at_local_midnights() {
    use Period::{Daily, Monthly, Quarterly, Weekly};
    let (berlin, york) = (Europe::Berlin, America::New_York);
    for (period, zone, moment, start, end) in [
        // Days of 23 and 25 hours.
        (
            Daily,
            berlin,
            "2026-03-29T12:00:00Z",
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z",
        ),
        (
            Daily,
            berlin,
            "2026-10-25T00:30:00Z",
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
        ),
        (
            Daily,
            york,
            "2026-03-08T12:00:00Z",
            "2026-03-08T05:00:00Z",
            "2026-03-09T04:00:00Z",
        ),
        (
            Daily,
            york,
            "2026-11-01T12:00:00Z",
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z",
        ),
        // Weeks from Monday 00:00, also over the change of clocks.
        (
            Weekly,
            berlin,
            "2026-03-22T22:59:59.999Z",
            "2026-03-15T23:00:00Z",
            "2026-03-22T23:00:00Z",
        ),
        (
            Weekly,
            berlin,
            "2026-03-22T23:00:00Z",
            "2026-03-22T23:00:00Z",
            "2026-03-29T22:00:00Z",
        ),
        (
            Weekly,
            york,
            "2026-11-01T12:00:00Z",
            "2026-10-26T04:00:00Z",
            "2026-11-02T05:00:00Z",
        ),
        // The last millisecond of a month, and the next one.
        (
            Monthly,
            berlin,
            "2026-03-31T21:59:59.999Z",
            "2026-02-28T23:00:00Z",
            "2026-03-31T22:00:00Z",
        ),
        (
            Monthly,
            berlin,
            "2026-03-31T22:00:00Z",
            "2026-03-31T22:00:00Z",
            "2026-04-30T22:00:00Z",
        ),
        (
            Monthly,
            york,
            "2025-12-31T23:59:59.999Z",
            "2025-12-01T05:00:00Z",
            "2026-01-01T05:00:00Z",
        ),
        (
            Monthly,
            york,
            "2024-02-29T12:00:00Z",
            "2024-02-01T05:00:00Z",
            "2024-03-01T05:00:00Z",
        ),
        (
            Quarterly,
            berlin,
            "2026-03-31T21:59:59.999Z",
            "2025-12-31T23:00:00Z",
            "2026-03-31T22:00:00Z",
        ),
        (
            Quarterly,
            berlin,
            "2026-03-31T22:00:00Z",
            "2026-03-31T22:00:00Z",
            "2026-06-30T22:00:00Z",
        ),
        (
            Quarterly,
            berlin,
            "2026-12-31T22:59:59.999Z",
            "2026-09-30T22:00:00Z",
            "2026-12-31T23:00:00Z",
        ),
        (
            Quarterly,
            york,
            "2026-07-01T03:59:59.999Z",
            "2026-04-01T04:00:00Z",
            "2026-07-01T04:00:00Z",
        ),
    ] {
        let found = of(period, zone, moment);
        assert_eq!(
            found,
            Some((at(start), at(end))),
            "{} {moment} in {zone}",
            period.as_str()
        );
    }
}

#[test]
fn windows_are_cut_to_the_dates_of_the_tier() {
    let (start, end) = (day("2020-07-23"), day("2020-08-22"));
    let cut = |period, moment| window(period, start, end, Europe::Berlin, at(moment));
    let first = at("2020-07-22T22:00:00Z");
    let last = at("2020-08-22T22:00:00Z");
    let month = at("2020-07-31T22:00:00Z");
    for (period, moment, expected) in [
        (Period::Monthly, "2020-07-22T21:59:59.999999Z", None),
        (Period::Monthly, "2020-07-22T22:00:00Z", Some((first, month))),
        (Period::Monthly, "2020-07-31T22:00:00Z", Some((month, last))),
        (Period::Monthly, "2020-08-22T21:59:59.999999Z", Some((month, last))),
        (Period::Monthly, "2020-08-22T22:00:00Z", None),
        (Period::Global, "2020-08-01T00:00:00Z", Some((first, last))),
        (Period::Quarterly, "2020-08-01T00:00:00Z", Some((first, last))),
        // Thursday the 23rd begins the first week.
        (
            Period::Weekly,
            "2020-07-24T00:00:00Z",
            Some((first, at("2020-07-26T22:00:00Z"))),
        ),
        (
            Period::Daily,
            "2020-08-22T12:00:00Z",
            Some((at("2020-08-21T22:00:00Z"), last)),
        ),
    ] {
        let expected = expected.map(|(start, end)| Window { start, end });
        assert_eq!(cut(period, moment), expected, "{} {moment}", period.as_str());
    }
}

#[test]
fn days_whose_midnight_is_skipped_or_repeated_are_days() {
    for (zone, moment, start, end) in [
        // 00:00 to 01:00 does not exist.
        (
            America::Sao_Paulo,
            "2018-11-04T12:00:00Z",
            "2018-11-04T03:00:00Z",
            "2018-11-05T02:00:00Z",
        ),
        (
            America::Sao_Paulo,
            "2018-11-04T02:59:59.999Z",
            "2018-11-03T03:00:00Z",
            "2018-11-04T03:00:00Z",
        ),
        (
            Asia::Beirut,
            "2026-03-29T12:00:00Z",
            "2026-03-28T22:00:00Z",
            "2026-03-29T21:00:00Z",
        ),
        // 23:00 to 24:00 comes twice.
        (
            America::Sao_Paulo,
            "2018-02-18T02:30:00Z",
            "2018-02-17T02:00:00Z",
            "2018-02-18T03:00:00Z",
        ),
        // 00:00 to 01:00 comes twice.
        (
            America::Havana,
            "2026-11-01T05:30:00Z",
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z",
        ),
        // At 00:01 the clocks went back to 23:01: the day had begun and stays.
        (
            America::St_Johns,
            "2010-11-07T03:00:00Z",
            "2010-11-07T02:30:00Z",
            "2010-11-08T03:30:00Z",
        ),
        (
            America::St_Johns,
            "2010-11-07T02:29:59Z",
            "2010-11-06T02:30:00Z",
            "2010-11-07T02:30:00Z",
        ),
        // 2011-12-30 did not exist.
        (
            Pacific::Apia,
            "2011-12-30T09:59:59Z",
            "2011-12-29T10:00:00Z",
            "2011-12-30T10:00:00Z",
        ),
        (
            Pacific::Apia,
            "2011-12-30T10:00:00Z",
            "2011-12-30T10:00:00Z",
            "2011-12-31T10:00:00Z",
        ),
    ] {
        assert_eq!(
            of(Period::Daily, zone, moment),
            Some((at(start), at(end))),
            "{zone} {moment}"
        );
    }
}

fn any_zone() -> impl Strategy<Value = Tz> {
    proptest::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever the zone: no panic, and each moment is in exactly one window.
    #[test]
    fn every_moment_within_the_dates_lies_in_exactly_one_window(
        zone in any_zone(), period in proptest::sample::select(Period::ALL),
        seconds in 0i64..4_000_000_000, from in 0u64..20_000, days in 0u64..2_000,
    ) {
        let start_date = day("1970-01-02") + Days::new(from);
        let end_date = start_date + Days::new(days);
        let moment = Timestamp::from_timestamp(seconds, 0).expect("in range");
        let all = Window { start: midnight(zone, start_date), end: midnight(zone, end_date + Days::new(1)) };
        let found = window(period, start_date, end_date, zone, moment);
        prop_assert_eq!(found.is_some(), all.contains(moment));
        if let Some(found) = found {
            prop_assert!(found.contains(moment));
            prop_assert!(all.start <= found.start && found.end <= all.end);
            for inside in [found.start, found.end - LAST_MICROSECOND] {
                prop_assert_eq!(window(period, start_date, end_date, zone, inside), Some(found));
            }
            for outside in [found.start - LAST_MICROSECOND, found.end] {
                prop_assert_ne!(window(period, start_date, end_date, zone, outside), Some(found));
            }
        }
    }
}
