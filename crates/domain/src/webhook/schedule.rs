//! When deliveries are retried, and when an endpoint is disabled.

use chrono::TimeDelta;

use crate::Timestamp;

/// The delays before each attempt, in seconds.
const WAITS: [i64; 10] = [
    0,
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    24 * 3600,
];

/// Divisor of the maximum jitter: a delay is prolonged by up to a tenth, so that deliveries that failed together are
/// not retried together.
const JITTER: i64 = 10;

/// How many days without a successful delivery disable an endpoint.
pub const QUIET_DAYS: i64 = 5;

/// Minimum number of permanently failed deliveries for an endpoint to be disabled.
pub const FAILED_DELIVERIES: u32 = 10;

/// How long the previous secret also signs after a rotation.
pub const OVERLAP_HOURS: i64 = 24;

/// When to retry after `attempts` failed attempts, the last at `now`; `None`: never. `chance` is a random number, which
/// determines the jitter.
pub fn next_attempt(attempts: u32, now: Timestamp, chance: u32) -> Option<Timestamp> {
    let seconds = WAITS.get(usize::try_from(attempts).ok()?)?;
    let most = seconds * 1000 / JITTER;
    let later = most * i64::from(chance) / i64::from(u32::MAX);
    Some(now + TimeDelta::milliseconds(seconds * 1000 + later))
}

/// Why to disable an endpoint that had no success since `quiet_since`, while `failed` deliveries failed; `None`: not
/// yet.
pub fn disable_reason(quiet_since: Timestamp, failed: u32, now: Timestamp) -> Option<String> {
    let is_over = now - quiet_since >= TimeDelta::days(QUIET_DAYS) && failed >= FAILED_DELIVERIES;
    is_over.then(|| format!("no delivery succeeded for {QUIET_DAYS} days, and {failed} failed"))
}

/// The reason for disabling an endpoint that answered 410.
pub const GONE: &str = "it answered 410 Gone";

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn waits_grow_to_a_day_and_end_after_the_tenth_attempt() {
        let now = at("2026-03-01T12:00:00Z");
        let waits: Vec<_> = (1..12)
            .map(|done| next_attempt(done, now, 0).map(|next| (next - now).num_seconds()))
            .collect();
        let hours = |hours: i64| Some(hours * 3600);
        let expected = [
            Some(5),
            Some(300),
            Some(1800),
            hours(2),
            hours(5),
            hours(10),
            hours(14),
            hours(20),
            hours(24),
            None,
            None,
        ];
        assert_eq!(waits, expected);
        for chance in [1, u32::MAX / 2, u32::MAX] {
            for (done, wait) in (1..10).zip(expected.iter().flatten()) {
                let drawn = (next_attempt(done, now, chance).unwrap() - now).num_milliseconds();
                assert!(drawn >= wait * 1000 && drawn <= wait * 1100, "{done}: {drawn}");
            }
        }
        let longest = next_attempt(9, now, u32::MAX).unwrap() - now;
        assert_eq!(longest.num_milliseconds(), 24 * 3600 * 1100, "prolonged by a tenth");
        let middle = next_attempt(1, now, u32::MAX / 2).unwrap() - now;
        assert_eq!(middle.num_milliseconds(), 5_249);
    }

    #[test]
    fn an_endpoint_is_given_up_after_five_quiet_days_with_ten_failures() {
        let since = at("2026-03-01T12:00:00Z");
        assert_eq!(disable_reason(since, 10, at("2026-03-06T11:59:59Z")), None);
        assert_eq!(disable_reason(since, 9, at("2026-03-09T12:00:00Z")), None);
        assert!(disable_reason(since, 10, at("2026-03-06T12:00:00Z")).is_some());
    }
}
