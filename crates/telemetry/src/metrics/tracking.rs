//! Clicks and other touches that come in by themselves.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::series;

pub struct TrackingMetrics {
    recorded: Counter,
    lost: Counter,
    refused: Counter,
    waiting: Gauge,
}

impl TrackingMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let [recorded, lost, refused] = series::counter_each(
            registry,
            "tributary_tracked_touches_total",
            "Touches from links and pages, by result; lost: no room, or the database did not take them.",
            &["result"],
            ["recorded", "lost", "refused"],
        );
        Self {
            recorded,
            lost,
            refused,
            waiting: series::gauge(
                registry,
                "tributary_tracked_touches_waiting",
                "Touches from links and pages that wait to be written.",
            ),
        }
    }

    /// Counts touches that were written.
    pub fn recorded(&self, touches: u64) {
        self.recorded.inc_by(touches);
    }

    /// Counts touches that are lost.
    pub fn lost(&self, touches: u64) {
        self.lost.inc_by(touches);
    }

    /// Counts a message of a page that came too soon after others.
    pub fn refused(&self) {
        self.refused.inc();
    }

    /// Sets how many wait.
    pub fn wait(&self, touches: usize) {
        self.waiting.set(i64::try_from(touches).unwrap_or(i64::MAX));
    }
}
