//! Fetches of the keys of the issuers in the settings.

use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry};

use super::series;
use domain::Timestamp;

/// The series of all issuers.
pub struct IssuerMetrics {
    fetches: IntCounterVec,
    keys: IntGaugeVec,
    last_success: IntGaugeVec,
}

/// The series of one issuer.
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

    /// The series of the issuer that is called `name` in the settings.
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
    /// Counts a fetch that brought this many keys.
    pub fn fetched(&self, keys: usize, now: Timestamp) {
        self.succeeded.inc();
        self.keys.set(i64::try_from(keys).unwrap_or(i64::MAX));
        self.last_success.set(now.timestamp());
    }

    pub fn failed(&self) {
        self.failed.inc();
    }
}
