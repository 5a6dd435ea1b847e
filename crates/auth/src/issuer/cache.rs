//! The keys of an issuer as last fetched, and when to fetch them again. Knows nothing of how they are fetched.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::public_key::VerificationKey;
use domain::Timestamp;

/// Maximum pause after failures.
const MAX_PAUSE: TimeDelta = TimeDelta::seconds(60);

#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Maximum age of keys before they are fetched again.
    pub refresh: TimeDelta,
    /// Maximum age of keys that remain valid while fetching them fails.
    pub outage: TimeDelta,
    /// How long after an attempt another may follow because a token names an unknown key.
    pub unknown_key: TimeDelta,
}

#[derive(Default)]
pub struct Cache {
    keys: Arc<Vec<VerificationKey>>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
    /// Since the last success.
    failures: u32,
}

impl Cache {
    /// The valid keys; none if the last success is too long ago.
    pub fn keys(&self, now: Timestamp, times: &Times) -> Arc<Vec<VerificationKey>> {
        // A clock that was set back must not extend the validity of keys.
        match self.fetched_at {
            Some(at) if (now - at).abs() <= times.outage => self.keys.clone(),
            _ => Arc::default(),
        }
    }

    /// Whether it is time to fetch the keys.
    pub fn is_due(&self, now: Timestamp, times: &Times) -> bool {
        self.has_passed(now, times, times.refresh)
    }

    /// Whether the keys may be fetched because a token names an unknown key. A stream of such tokens causes only one
    /// fetch in that time.
    pub fn may_look_again(&self, now: Timestamp, times: &Times) -> bool {
        self.has_passed(now, times, times.unknown_key)
    }

    /// Whether `pause`, or after failures a growing one, has passed since the last attempt.
    fn has_passed(&self, now: Timestamp, times: &Times, pause: TimeDelta) -> bool {
        let pause = match self.failures {
            0 => pause,
            failures => TimeDelta::seconds(1 << (failures - 1).min(6))
                .min(MAX_PAUSE)
                .min(times.refresh),
        };
        self.tried_at.is_none_or(|at| (now - at).abs() >= pause)
    }

    /// Notes that an attempt begins.
    pub fn tries(&mut self, now: Timestamp) {
        self.tried_at = Some(now);
    }

    /// The attempt that began at `at` brought these keys, which replace all others.
    pub fn succeeded(&mut self, keys: Vec<VerificationKey>, at: Timestamp) {
        self.keys = Arc::new(keys);
        self.fetched_at = Some(at);
        self.failures = 0;
    }

    /// Whether these keys differ by name or algorithm from the cached ones.
    pub fn changes(&self, keys: &[VerificationKey]) -> bool {
        let names = |keys: &[VerificationKey]| {
            keys.iter()
                .map(|key| (key.id.clone(), key.algorithm))
                .collect::<Vec<_>>()
        };
        names(&self.keys) != names(keys)
    }

    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey};

    use super::*;

    const TIMES: Times = Times {
        refresh: TimeDelta::seconds(300),
        outage: TimeDelta::seconds(3600),
        unknown_key: TimeDelta::seconds(10),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_000_000 + seconds, 0).unwrap()
    }

    fn fetched() -> Cache {
        let key = VerificationKey {
            id: None,
            algorithm: Algorithm::EdDSA,
            decoding: Arc::new(DecodingKey::from_ed_der(&[])),
        };
        let mut cache = Cache::default();
        cache.tries(at(0));
        cache.succeeded(vec![key], at(0));
        cache
    }

    #[test]
    fn keys_are_fetched_at_once_and_then_from_time_to_time() {
        assert!(Cache::default().is_due(at(0), &TIMES) && Cache::default().may_look_again(at(0), &TIMES));
        let cache = fetched();
        assert!(!cache.is_due(at(299), &TIMES) && cache.is_due(at(300), &TIMES));
        assert!(!cache.may_look_again(at(9), &TIMES) && cache.may_look_again(at(10), &TIMES));
    }

    #[test]
    fn after_failures_the_pauses_grow_whoever_asks() {
        let mut cache = fetched();
        let (mut now, mut pauses) = (0, Vec::new());
        for _ in 0..9 {
            cache.tries(at(now));
            cache.failed();
            let pause = (1..=100).find(|pause| cache.is_due(at(now + pause), &TIMES)).unwrap();
            assert!(
                !cache.may_look_again(at(now + pause - 1), &TIMES) && cache.may_look_again(at(now + pause), &TIMES)
            );
            pauses.push(pause);
            now += pause;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        cache.tries(at(now));
        cache.succeeded(Vec::new(), at(now));
        assert!(!cache.is_due(at(now + 299), &TIMES));
    }

    #[test]
    fn keys_outlive_an_outage_for_so_long_and_no_longer() {
        let mut cache = fetched();
        cache.tries(at(3599));
        cache.failed();
        assert_eq!(cache.keys(at(3600), &TIMES).len(), 1);
        assert_eq!(cache.keys(at(3601), &TIMES).len(), 0);
        assert_eq!(cache.keys(at(-3601), &TIMES).len(), 0, "a clock that was set back");
        cache.succeeded(Vec::new(), at(3602));
        assert_eq!(cache.keys(at(3602), &TIMES).len(), 0, "an emptied set is obeyed");
    }
}
