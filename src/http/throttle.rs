//! A bucket of cost for each token subject. A request takes what it asks for before it runs, and is refunded what it
//! turned out not to need. The buckets belong to this process: with several replicas each grants the full amount.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::options::ThrottleSection as Settings;

/// Number of buckets at which the full ones are first evicted; a full bucket carries no information.
const EVICT_ABOVE: usize = 10_000;

pub struct Throttle {
    settings: Settings,
    buckets: Mutex<Buckets>,
}

struct Buckets {
    by_subject: HashMap<String, Bucket>,
    /// Number of buckets at which the full ones are evicted next: twice as many as were left, so that requests do not
    /// each search buckets of which none is full.
    evict_above: usize,
}

struct Bucket {
    /// The level at `filled`.
    level: u64,
    filled: Instant,
}

/// The bucket does not have enough; how long until it does.
#[derive(Debug, PartialEq, Eq)]
pub struct BucketEmpty(pub Duration);

impl Throttle {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            buckets: Mutex::new(Buckets {
                by_subject: HashMap::new(),
                evict_above: EVICT_ABOVE,
            }),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes `cost` out of the subject's bucket. A cost above the capacity needs a full bucket.
    pub fn take(&self, subject: &str, cost: u64, now: Instant) -> Result<(), BucketEmpty> {
        let cost = cost.min(self.settings.maximum);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Buckets {
            by_subject,
            evict_above,
        } = &mut *buckets;
        if by_subject.len() >= *evict_above {
            by_subject.retain(|_, bucket| self.level(bucket, now) < self.settings.maximum);
            *evict_above = EVICT_ABOVE.max(2 * by_subject.len());
        }
        let bucket = by_subject.entry(subject.to_owned()).or_insert(Bucket {
            level: self.settings.maximum,
            filled: now,
        });
        let level = self.level(bucket, now);
        if level < cost {
            let rate = u128::from(self.settings.restore_per_second.max(1));
            let wait = u128::from(cost - level) * 1_000_000_000 / rate;
            return Err(BucketEmpty(Duration::from_nanos(
                u64::try_from(wait).unwrap_or(u64::MAX),
            )));
        }
        *bucket = Bucket {
            level: level - cost,
            filled: now,
        };
        Ok(())
    }

    /// Refunds what was not needed, and returns how much the subject has.
    pub fn give_back(&self, subject: &str, cost: u64, now: Instant) -> u64 {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = buckets.by_subject.get_mut(subject) else {
            return self.settings.maximum;
        };
        let level = self.level(bucket, now).saturating_add(cost).min(self.settings.maximum);
        *bucket = Bucket { level, filled: now };
        level
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(bucket.filled).as_micros();
        let restored = passed.saturating_mul(u128::from(self.settings.restore_per_second)) / 1_000_000;
        let restored = u64::try_from(restored).unwrap_or(u64::MAX);
        bucket.level.saturating_add(restored).min(self.settings.maximum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_runs_empty_and_fills_again() {
        let throttle = Throttle::new(Settings {
            maximum: 100,
            restore_per_second: 10,
        });
        let (start, ann) = (Instant::now(), "ann");
        assert_eq!(throttle.take(ann, 70, start), Ok(()));
        assert_eq!(throttle.take(ann, 70, start), Err(BucketEmpty(Duration::from_secs(4))));
        // Refusing takes nothing, and nobody else notices.
        assert_eq!(throttle.take(ann, 30, start), Ok(()));
        assert_eq!(throttle.take("bob", 100, start), Ok(()));
        let later = start + Duration::from_secs(5);
        assert_eq!(
            throttle.take(ann, 51, later),
            Err(BucketEmpty(Duration::from_millis(100)))
        );
        assert_eq!(throttle.take(ann, 50, later), Ok(()));
        assert_eq!(throttle.give_back(ann, 20, later), 20);
        assert_eq!(throttle.give_back(ann, 0, later + Duration::from_secs(60)), 100);
    }

    #[test]
    fn what_costs_more_than_a_full_bucket_needs_a_full_one() {
        let throttle = Throttle::new(Settings {
            maximum: 10,
            restore_per_second: 1,
        });
        let (start, ann) = (Instant::now(), "ann");
        assert_eq!(throttle.take(ann, u64::MAX, start), Ok(()));
        assert_eq!(
            throttle.take(ann, u64::MAX, start),
            Err(BucketEmpty(Duration::from_secs(10)))
        );
    }

    #[test]
    fn full_buckets_are_let_go() {
        let throttle = Throttle::new(Settings {
            maximum: 10,
            restore_per_second: 10,
        });
        let start = Instant::now();
        for number in 0..EVICT_ABOVE {
            throttle.take(&number.to_string(), 1, start).unwrap();
        }
        throttle.take("ann", 1, start + Duration::from_secs(1)).unwrap();
        let buckets = throttle.buckets.lock().unwrap();
        assert_eq!((buckets.by_subject.len(), buckets.evict_above), (1, EVICT_ABOVE));
    }

    #[test]
    fn buckets_of_which_none_is_full_are_not_searched_by_every_request() {
        let throttle = Throttle::new(Settings {
            maximum: 10,
            restore_per_second: 1,
        });
        let start = Instant::now();
        for number in 0..=EVICT_ABOVE {
            throttle.take(&number.to_string(), 10, start).unwrap();
        }
        let left = |throttle: &Throttle| {
            let buckets = throttle.buckets.lock().unwrap();
            (buckets.by_subject.len(), buckets.evict_above)
        };
        assert_eq!(left(&throttle), (EVICT_ABOVE + 1, 2 * EVICT_ABOVE));
        for number in 0..EVICT_ABOVE {
            throttle
                .take(&format!("later {number}"), 10, start + Duration::from_secs(10))
                .unwrap();
        }
        assert_eq!(left(&throttle), (EVICT_ABOVE, 2 * (EVICT_ABOVE - 1)));
    }
}
