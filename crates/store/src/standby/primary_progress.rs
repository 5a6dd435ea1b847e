//! How the primary's log has grown, from which the age of a standby's data follows. The clocks of servers are not
//! compared, and standbys of a primary that writes nothing do not lag.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::position::LogPosition;

/// Maximum number of positions that are stored; a standby that lags by more is known to lag by at least that.
const KEPT: usize = 7_200;

/// When the primary was at which position.
#[derive(Debug, Default)]
pub struct PrimaryProgress {
    /// Which database system it is, once that is known.
    system: Option<i64>,
    last: Option<LogPosition>,
    /// For each position, when the primary was first seen there.
    places: VecDeque<(Instant, u64)>,
}

impl PrimaryProgress {
    /// Records that the primary was seen at a position.
    pub fn record(&mut self, system: i64, place: LogPosition, now: Instant) {
        let goes_on = self
            .last
            .is_some_and(|last| last.timeline == place.timeline && last.lsn <= place.lsn);
        if !goes_on || self.system != Some(system) {
            // Positions of a history that is not continued any more.
            self.places.clear();
        }
        if self.places.back().is_none_or(|(_, lsn)| *lsn < place.lsn) {
            self.places.push_back((now, place.lsn));
        }
        if self.places.len() > KEPT {
            self.places.pop_front();
        }
        (self.system, self.last) = (Some(system), Some(place));
    }

    pub fn system(&self) -> Option<i64> {
        self.system
    }

    pub fn last(&self) -> Option<LogPosition> {
        self.last
    }

    /// For how long the primary has been ahead of this position.
    pub fn lag(&self, lsn: u64) -> Duration {
        let next = self.places.partition_point(|(_, place)| *place <= lsn);
        self.places.get(next).map_or(Duration::ZERO, |(at, _)| at.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(timeline: u32, lsn: u64) -> LogPosition {
        LogPosition { timeline, lsn }
    }

    #[test]
    fn who_has_not_what_was_there_long_ago_lags() {
        let ago = |seconds| Instant::now() - Duration::from_secs(seconds);
        let mut progress = PrimaryProgress::default();
        for (seconds, lsn) in [(60, 100), (50, 200), (40, 200), (30, 300), (1, 300)] {
            progress.record(7, place(1, lsn), ago(seconds));
        }
        let lag = |progress: &PrimaryProgress, lsn| progress.lag(lsn).as_secs();
        assert_eq!(lag(&progress, 99), 60);
        assert_eq!(lag(&progress, 100), 50);
        assert_eq!(lag(&progress, 299), 30);
        // It is where the primary is, or ahead of what was last seen of it.
        assert_eq!(lag(&progress, 300), 0);
        assert_eq!(lag(&progress, 301), 0);
        // After a failover, nothing waits for what was lost.
        progress.record(7, place(2, 250), ago(0));
        assert_eq!(lag(&progress, 250), 0);
        assert_eq!((progress.last(), progress.system()), (Some(place(2, 250)), Some(7)));
    }
}
