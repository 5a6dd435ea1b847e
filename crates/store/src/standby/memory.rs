//! What callers wrote last, as far as this process did it for them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::position::LogPosition;

/// So many callers are remembered one by one.
const MANY: usize = 10_000;

/// Those who wrote longer ago are not remembered one by one where there are many.
const RECENT: Duration = Duration::from_secs(60);

/// A write of which nobody knows whether it was done is done or undone by then: statements have their time.
const SETTLED: Duration = Duration::from_secs(120);

/// Places in the log by who wrote.
#[derive(Default)]
pub struct CommitMemory(Mutex<Places>);

#[derive(Default)]
struct Places {
    by_subject: HashMap<String, (LogPosition, Instant)>,
    /// Of everybody who is not remembered any more.
    others: Option<LogPosition>,
}

impl CommitMemory {
    /// Somebody has written up to here.
    pub fn note(&self, subject: &str, place: LogPosition, now: Instant) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.by_subject.len() >= MANY && !places.by_subject.contains_key(subject) {
            places.forget(now, RECENT);
            if places.by_subject.len() >= MANY {
                places.forget(now, Duration::ZERO);
            }
        }
        let noted = match places.by_subject.get(subject) {
            // It may still be done, behind what was done since.
            Some((LogPosition::UNKNOWN, at)) if place != LogPosition::UNKNOWN && !is_settled(*at, now) => {
                (LogPosition::UNKNOWN, *at)
            }
            Some((known, _)) if *known != LogPosition::UNKNOWN => (place.max(*known), now),
            _ => (place, now),
        };
        places.by_subject.insert(subject.to_owned(), noted);
    }

    /// What whoever reads for this caller must have.
    pub fn needed(&self, subject: &str, now: Instant) -> Option<LogPosition> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = places.by_subject.get(subject).copied();
        let own = own.filter(|(place, at)| *place != LogPosition::UNKNOWN || !is_settled(*at, now));
        own.map(|(place, _)| place).max(places.others)
    }

    /// From now on everybody needs this.
    pub fn all_need(&self, place: LogPosition) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.others = places.others.max(Some(place));
    }
}

/// Whether a write is done or undone by now of which nobody knew.
fn is_settled(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) > SETTLED
}

impl Places {
    /// Remembers those together who wrote so long ago. Of whom nothing is known are remembered until something is.
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
        assert!(memory.0.lock().unwrap().by_subject.len() <= MANY);
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
