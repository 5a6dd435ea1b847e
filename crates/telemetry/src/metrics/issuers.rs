//! Fetching the keys of issuers, which the settings name.

use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry};

use super::series;
use domain::Timestamp;

/// The series of all of them.
pub struct IssuerMetrics {
    fetches: IntCounterVec,
    keys: IntGaugeVec,
    last_success: IntGaugeVec,
}

/// Those of one.
pub struct IssuerKeys {
    succeeded: IntCounter,
    failed: IntCounter,
    keys: IntGauge,
    last_success: IntGauge,
}

impl IssuerMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let fetches = "Fetches of an issuer's keys.";
        let keys = "Keys of an issuer that were fetched last.";
        let last_success = "When an issuer's keys were last fetched, in seconds since 1970; 0: not yet.";
        Self {
            fetches: series::counters(
                registry,
                "tributary_issuer_fetches_total",
                fetches,
                &["issuer", "result"],
            ),
            keys: series::gauges(registry, "tributary_issuer_keys", keys, &["issuer"]),
            last_success: series::gauges(
                registry,
                "tributary_issuer_last_success_timestamp_seconds",
                last_success,
                &["issuer"],
            ),
        }
    }

    /// The series of the issuer that the settings call `name`.
    pub fn of(&self, name: &str) -> IssuerKeys {
        IssuerKeys {
            succeeded: self.fetches.with_label_values(&[name, "ok"]),
            failed: self.fetches.with_label_values(&[name, "failed"]),
            keys: self.keys.with_label_values(&[name]),
            last_success: self.last_success.with_label_values(&[name]),
        }
    }
}

impl IssuerKeys {
    /// Counts a fetch that brought so many keys.
    pub fn fetched(&self, keys: usize, now: Timestamp) {
        self.succeeded.inc();
        self.keys.set(i64::try_from(keys).unwrap_or(i64::MAX));
        self.last_success.set(now.timestamp());
    }

    pub fn failed(&self) {
        self.failed.inc();
    }
}
