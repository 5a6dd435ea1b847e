//! Fetches of the keys of the issuers in the settings.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::series::{self, LabelledSeries};
use domain::Timestamp;

/// The series of all issuers.
pub struct IssuerMetrics {
    fetches: LabelledSeries<Counter>,
    keys: LabelledSeries<Gauge>,
    last_success: LabelledSeries<Gauge>,
}

/// The series of one issuer.
pub struct IssuerKeys {
    succeeded: Counter,
    failed: Counter,
    keys: Gauge,
    last_success: Gauge,
}

impl IssuerMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let fetches = "Fetches of an issuer's keys, by outcome.";
        let keys = "Number of usable keys in the last successful fetch from an issuer.";
        let last_success = "Unix time of the last successful fetch of an issuer's keys; 0: none yet.";
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
            succeeded: self.fetches.of(&[name, "ok"]),
            failed: self.fetches.of(&[name, "failed"]),
            keys: self.keys.of(&[name]),
            last_success: self.last_success.of(&[name]),
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
