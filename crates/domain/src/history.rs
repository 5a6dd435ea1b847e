//! The order in which a partner's history was recorded. Clocks of replicas disagree and step back, so each step has a
//! sequence number, which alone defines the order. The timestamp is for display; it never decreases from one step to
//! the next. If a replica's clock is behind, the timestamp advances by a microsecond per step, so that ids, which begin
//! with it, increase whichever replica generates them.

use chrono::TimeDelta;

use super::Timestamp;

/// A step of a partner's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The number of the partner's steps so far; 0 before the first.
    pub sequence: i64,
    pub at: Timestamp,
}

impl Moment {
    /// The step after this one, at `now` by the clock of the recording replica.
    pub fn next(self, now: Timestamp) -> Self {
        Self {
            sequence: self.sequence + 1,
            at: match now < self.at {
                true => self.at + TimeDelta::microseconds(1),
                false => now,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_times_do_not_go_back() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let first = Moment {
            sequence: 0,
            at: at("2026-03-01T12:00:00Z"),
        }
        .next(at("2026-03-01T12:00:05Z"));
        let second = first.next(at("2026-03-01T11:00:00Z"));
        let third = second.next(at("2026-03-01T12:00:06Z"));
        assert_eq!([first, second, third].map(|moment| moment.sequence), [1, 2, 3]);
        assert_eq!(second.at, at("2026-03-01T12:00:05.000001Z"));
        assert_eq!(third.at, at("2026-03-01T12:00:06Z"));
        assert_eq!(third.next(third.at).at, third.at);
    }
}
