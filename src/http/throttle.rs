//! Buckets of cost: one for each token subject, and one for each tenant, so that a tenant with many subjects cannot take
//! everything. A request takes what it asks for from both before it runs, and is refunded what it turned out not to
//! need. The buckets belong to this process: with several replicas each grants the full amount.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::options::ThrottleSection as Settings;

/// Number of buckets at which the full ones are first evicted; a full bucket carries no information.
const EVICT_ABOVE: usize = 10_000;

/// Whose buckets pay for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    pub tenant: String,
    pub subject: String,
}

/// Whose bucket has too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketHolder {
    Subject,
    Tenant,
}

/// A bucket does not have enough; how long until it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketEmpty {
    pub holder: BucketHolder,
    pub wait: Duration,
}

pub struct Throttle {
    settings: Settings,
    buckets: Mutex<BothKinds>,
}

struct BothKinds {
    of_subjects: Buckets,
    of_tenants: Buckets,
}

/// Buckets of one capacity.
struct Buckets {
    maximum: u64,
    restore_per_second: u64,
    by_holder: HashMap<String, Bucket>,
    /// Number of buckets at which the full ones are evicted next: twice as many as were left, so that requests do not
    /// each search buckets of which none is full.
    evict_above: usize,
}

struct Bucket {
    /// The level at `filled`.
    level: u64,
    filled: Instant,
}

impl Throttle {
    pub fn new(settings: Settings) -> Self {
        Self {
            buckets: Mutex::new(BothKinds {
                of_subjects: Buckets::new(settings.maximum, settings.restore_per_second),
                of_tenants: Buckets::new(settings.tenant_maximum, settings.tenant_restore_per_second),
            }),
            settings,
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes `cost` out of both buckets, or nothing of either. A cost above a capacity needs a full bucket.
    pub fn take(&self, payer: &Payer, cost: u64, now: Instant) -> Result<(), BucketEmpty> {
        self.lock().take(payer, cost, now)
    }

    /// Refunds what was not needed, and returns how much the payer can spend now.
    pub fn give_back(&self, payer: &Payer, cost: u64, now: Instant) -> u64 {
        self.lock().give_back(payer, cost, now)
    }

    /// Takes `cost` in place of what was `paid` before. If there is not enough, what was paid is refunded all the same.
    pub fn exchange(&self, payer: &Payer, paid: u64, cost: u64, now: Instant) -> Result<(), BucketEmpty> {
        let mut buckets = self.lock();
        buckets.give_back(payer, paid, now);
        buckets.take(payer, cost, now)
    }

    fn lock(&self) -> MutexGuard<'_, BothKinds> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BothKinds {
    fn take(&mut self, payer: &Payer, cost: u64, now: Instant) -> Result<(), BucketEmpty> {
        let Self {
            of_subjects,
            of_tenants,
        } = self;
        let after_subject = of_subjects.after(&payer.subject, cost, now);
        let after_tenant = of_tenants.after(&payer.tenant, cost, now);
        let empty = |holder, wait| BucketEmpty { holder, wait };
        match (after_subject, after_tenant) {
            (Ok(subject), Ok(tenant)) => {
                of_subjects.set(&payer.subject, subject, now);
                of_tenants.set(&payer.tenant, tenant, now);
                Ok(())
            }
            (Err(subject), Err(tenant)) if tenant > subject => Err(empty(BucketHolder::Tenant, tenant)),
            (Err(subject), _) => Err(empty(BucketHolder::Subject, subject)),
            (Ok(_), Err(tenant)) => Err(empty(BucketHolder::Tenant, tenant)),
        }
    }

    fn give_back(&mut self, payer: &Payer, cost: u64, now: Instant) -> u64 {
        let subject = self.of_subjects.give_back(&payer.subject, cost, now);
        let tenant = self.of_tenants.give_back(&payer.tenant, cost, now);
        subject.min(tenant)
    }
}

impl Buckets {
    fn new(maximum: u64, restore_per_second: u64) -> Self {
        Self {
            maximum,
            restore_per_second,
            by_holder: HashMap::new(),
            evict_above: EVICT_ABOVE,
        }
    }

    /// What would be left after taking `cost`; the error is how long until there is enough.
    fn after(&self, holder: &str, cost: u64, now: Instant) -> Result<u64, Duration> {
        let cost = cost.min(self.maximum);
        let level = self
            .by_holder
            .get(holder)
            .map_or(self.maximum, |bucket| self.level(bucket, now));
        level.checked_sub(cost).ok_or_else(|| {
            let rate = u128::from(self.restore_per_second.max(1));
            let wait = u128::from(cost - level) * 1_000_000_000 / rate;
            Duration::from_nanos(u64::try_from(wait).unwrap_or(u64::MAX))
        })
    }

    fn set(&mut self, holder: &str, level: u64, now: Instant) {
        if self.by_holder.len() >= self.evict_above {
            let mut by_holder = std::mem::take(&mut self.by_holder);
            by_holder.retain(|_, bucket| self.level(bucket, now) < self.maximum);
            self.evict_above = EVICT_ABOVE.max(2 * by_holder.len());
            self.by_holder = by_holder;
        }
        let bucket = Bucket { level, filled: now };
        match self.by_holder.get_mut(holder) {
            Some(known) => *known = bucket,
            None => {
                self.by_holder.insert(holder.to_owned(), bucket);
            }
        }
    }

    fn give_back(&mut self, holder: &str, cost: u64, now: Instant) -> u64 {
        let Some(bucket) = self.by_holder.get(holder) else {
            return self.maximum;
        };
        let level = self.level(bucket, now).saturating_add(cost).min(self.maximum);
        self.set(holder, level, now);
        level
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(bucket.filled).as_micros();
        let restored = passed.saturating_mul(u128::from(self.restore_per_second)) / 1_000_000;
        let restored = u64::try_from(restored).unwrap_or(u64::MAX);
        bucket.level.saturating_add(restored).min(self.maximum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RICH: u64 = 1_000_000_000;

    /// Only the bucket of the subject can run empty.
    fn throttle(maximum: u64, restore_per_second: u64) -> Throttle {
        Throttle::new(Settings {
            maximum,
            restore_per_second,
            tenant_maximum: RICH,
            tenant_restore_per_second: RICH,
        })
    }

    fn of(tenant: &str, subject: &str) -> Payer {
        Payer {
            tenant: tenant.to_owned(),
            subject: format!("{tenant}/{subject}"),
        }
    }

    fn empty(holder: BucketHolder, wait: Duration) -> Result<(), BucketEmpty> {
        Err(BucketEmpty { holder, wait })
    }

    #[test]
    fn a_bucket_runs_empty_and_fills_again() {
        let throttle = throttle(100, 10);
        let (start, ann) = (Instant::now(), &of("t", "ann"));
        assert_eq!(throttle.take(ann, 70, start), Ok(()));
        assert_eq!(
            throttle.take(ann, 70, start),
            empty(BucketHolder::Subject, Duration::from_secs(4))
        );
        // Refusing takes nothing, and nobody else notices.
        assert_eq!(throttle.take(ann, 30, start), Ok(()));
        assert_eq!(throttle.take(&of("t", "bob"), 100, start), Ok(()));
        let later = start + Duration::from_secs(5);
        assert_eq!(
            throttle.take(ann, 51, later),
            empty(BucketHolder::Subject, Duration::from_millis(100))
        );
        assert_eq!(throttle.take(ann, 50, later), Ok(()));
        assert_eq!(throttle.give_back(ann, 20, later), 20);
        assert_eq!(throttle.give_back(ann, 0, later + Duration::from_secs(60)), 100);
    }

    #[test]
    fn an_exchange_refunds_what_was_paid_before_whether_or_not_there_is_enough() {
        let throttle = throttle(100, 10);
        let (now, ann) = (Instant::now(), &of("t", "ann"));
        assert_eq!(throttle.take(ann, 30, now), Ok(()));
        // The whole bucket: without the refund there would be 70.
        assert_eq!(throttle.exchange(ann, 30, 100, now), Ok(()));
        assert_eq!(throttle.give_back(ann, 40, now), 40);
        assert_eq!(
            throttle.exchange(ann, 10, 60, now),
            empty(BucketHolder::Subject, Duration::from_secs(1))
        );
        assert_eq!(throttle.give_back(ann, 0, now), 50);
    }

    #[test]
    fn a_tenant_s_bucket_is_shared_by_its_subjects() {
        let throttle = Throttle::new(Settings {
            maximum: 100,
            restore_per_second: 100,
            tenant_maximum: 150,
            tenant_restore_per_second: 10,
        });
        let start = Instant::now();
        assert_eq!(throttle.take(&of("t", "ann"), 100, start), Ok(()));
        // A refusal takes nothing from the subject, either.
        for _ in 0..2 {
            assert_eq!(
                throttle.take(&of("t", "bob"), 60, start),
                empty(BucketHolder::Tenant, Duration::from_secs(1))
            );
        }
        assert_eq!(throttle.take(&of("t", "bob"), 50, start), Ok(()));
        assert_eq!(throttle.take(&of("u", "bob"), 100, start), Ok(()));
        // What is left for anybody is what the tenant has.
        assert_eq!(throttle.give_back(&of("t", "ann"), 80, start), 80);
        assert_eq!(throttle.give_back(&of("t", "bob"), 0, start), 50);
    }

    #[test]
    fn what_costs_more_than_a_full_bucket_needs_a_full_one() {
        let throttle = throttle(10, 1);
        let (start, ann) = (Instant::now(), &of("t", "ann"));
        assert_eq!(throttle.take(ann, u64::MAX, start), Ok(()));
        let later = start + Duration::from_secs(1);
        assert_eq!(
            throttle.take(ann, u64::MAX, later),
            empty(BucketHolder::Subject, Duration::from_secs(9))
        );
    }

    fn left(throttle: &Throttle) -> (usize, usize) {
        let buckets = throttle.lock();
        (buckets.of_subjects.by_holder.len(), buckets.of_subjects.evict_above)
    }

    #[test]
    fn full_buckets_are_let_go() {
        let throttle = throttle(10, 10);
        let start = Instant::now();
        for number in 0..EVICT_ABOVE {
            throttle.take(&of("t", &number.to_string()), 1, start).unwrap();
        }
        throttle
            .take(&of("t", "ann"), 1, start + Duration::from_secs(1))
            .unwrap();
        assert_eq!(left(&throttle), (1, EVICT_ABOVE));
    }

    #[test]
    fn buckets_of_which_none_is_full_are_not_searched_by_every_request() {
        let throttle = throttle(10, 1);
        let start = Instant::now();
        for number in 0..=EVICT_ABOVE {
            throttle.take(&of("t", &number.to_string()), 10, start).unwrap();
        }
        assert_eq!(left(&throttle), (EVICT_ABOVE + 1, 2 * EVICT_ABOVE));
        for number in 0..EVICT_ABOVE {
            let later = start + Duration::from_secs(10);
            throttle.take(&of("t", &format!("later {number}")), 10, later).unwrap();
        }
        assert_eq!(left(&throttle), (EVICT_ABOVE, 2 * (EVICT_ABOVE - 1)));
    }
}
