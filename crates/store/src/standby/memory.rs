//! How far callers' last writes are in the log, as far as this process made them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::position::LogPosition;

/// Maximum number of callers that are tracked individually.
const EVICT_ABOVE: usize = 10_000;

/// Where there are many callers, those that wrote longer ago are not tracked individually.
const RECENT: Duration = Duration::from_secs(60);

/// After this time a write of unknown outcome is either committed or rolled back: statements have a time limit.
const SETTLED: Duration = Duration::from_secs(120);

/// Log positions by caller.
#[derive(Default)]
pub struct CommitMemory(Mutex<Places>);

#[derive(Default)]
struct Places {
    by_subject: HashMap<String, (LogPosition, Instant)>,
    /// The latest position of all callers that are not tracked individually.
    others: Option<LogPosition>,
}

impl CommitMemory {
    /// Records that a caller has written up to a position.
    pub fn note(&self, subject: &str, place: LogPosition, now: Instant) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.by_subject.len() >= EVICT_ABOVE && !places.by_subject.contains_key(subject) {
            places.forget(now, RECENT);
            if places.by_subject.len() >= EVICT_ABOVE {
                places.forget(now, Duration::ZERO);
            }
        }
        let noted = match places.by_subject.get(subject) {
            // The write of unknown outcome may still be committed, after this one.
            Some((LogPosition::UNKNOWN, at)) if place != LogPosition::UNKNOWN && !is_settled(*at, now) => {
                (LogPosition::UNKNOWN, *at)
            }
            Some((known, _)) if *known != LogPosition::UNKNOWN => (place.max(*known), now),
            _ => (place, now),
        };
        places.by_subject.insert(subject.to_owned(), noted);
    }

    /// The position that reads for this caller must include.
    pub fn needed(&self, subject: &str, now: Instant) -> Option<LogPosition> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = places.by_subject.get(subject).copied();
        let own = own.filter(|(place, at)| *place != LogPosition::UNKNOWN || !is_settled(*at, now));
        own.map(|(place, _)| place).max(places.others)
    }

    /// From now on, reads of all callers must include this position.
    pub fn all_need(&self, place: LogPosition) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.others = places.others.max(Some(place));
    }
}

/// Whether a write of unknown outcome is committed or rolled back by now.
fn is_settled(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) > SETTLED
}

impl Places {
    /// Merges callers that wrote at least this long ago into `others`. Callers with a write of unknown outcome stay
    /// until it is settled.
    fn forget(&mut self, now: Instant, age: Duration) {
        let others = &mut self.others;
        self.by_subject.retain(|_, (place, at)| {
            if *place == LogPosition::UNKNOWN {
                return !is_settled(*at, now);
            }
            let stays = now.saturating_duration_since(*at) < age;
            if !stays {
                *others = (*others).max(Some(*place));
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lsn: u64) -> LogPosition {
        LogPosition { timeline: 1, lsn }
    }

    #[test]
    fn callers_need_what_they_wrote_last() {
        let (memory, now) = (CommitMemory::default(), Instant::now());
        memory.note("ann", place(5), now);
        memory.note("ann", place(3), now);
        assert_eq!(memory.needed("ann", now), Some(place(5)));
        assert_eq!(memory.needed("bob", now), None);
        memory.all_need(place(4));
        assert_eq!(memory.needed("ann", now), Some(place(5)));
        assert_eq!(memory.needed("bob", now), Some(place(4)));
    }

    #[test]
    fn nobody_has_what_nobody_knows_for_a_while() {
        let (memory, now) = (CommitMemory::default(), Instant::now());
        memory.note("ann", place(5), now);
        memory.note("ann", LogPosition::UNKNOWN, now);
        assert_eq!(memory.needed("ann", now), Some(LogPosition::UNKNOWN));
        memory.note("ann", place(6), now + SETTLED / 2);
        assert_eq!(memory.needed("ann", now + SETTLED), Some(LogPosition::UNKNOWN));
        let later = now + SETTLED * 2;
        assert_eq!(memory.needed("ann", later), None);
        memory.note("ann", place(7), later);
        assert_eq!(memory.needed("ann", later), Some(place(7)));
    }

    #[test]
    fn many_callers_are_remembered_together() {
        let (memory, now) = (CommitMemory::default(), Instant::now());
        for number in 0..25_000 {
            memory.note(&format!("old {number}"), place(number), now);
        }
        assert!(memory.0.lock().unwrap().by_subject.len() <= EVICT_ABOVE);
        // Nobody is forgotten: each needs at least what it wrote.
        for number in [0, 9_999, 10_000, 24_999] {
            let needed = memory.needed(&format!("old {number}"), now);
            assert!(needed >= Some(place(number)), "{number}: {needed:?}");
        }
        let later = now + RECENT * 2;
        memory.note("new", place(30_000), later);
        assert_eq!(memory.needed("new", later), Some(place(30_000)));
        assert!(memory.needed("somebody", later) < Some(place(30_000)));
    }
}
