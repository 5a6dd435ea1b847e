//! Webhooks: the outcome of attempts, and how far deliveries lag.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::series::{self, FractionGauge};

pub struct WebhookMetrics {
    succeeded: Counter,
    failed: Counter,
    outbox_lag: FractionGauge,
    delivery_lag: FractionGauge,
}

impl WebhookMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let attempts = "Requests to webhook endpoints, by outcome.";
        let [succeeded, failed] = series::counter_each(
            registry,
            "tributary_webhook_attempts_total",
            attempts,
            &["result"],
            ["ok", "errors"],
        );
        Self {
            succeeded,
            failed,
            outbox_lag: series::fraction(
                registry,
                "tributary_webhook_outbox_lag_seconds",
                "Age of the oldest change without webhook deliveries, in seconds; 0: none.",
            ),
            delivery_lag: series::fraction(
                registry,
                "tributary_webhook_delivery_lag_seconds",
                "Age of the oldest due webhook delivery, in seconds; 0: none.",
            ),
        }
    }

    /// Counts a completed request.
    pub fn attempted(&self, succeeded: bool) {
        if succeeded { &self.succeeded } else { &self.failed }.inc();
    }

    /// Sets the current lags.
    pub fn are_behind(&self, outbox: Duration, deliveries: Duration) {
        self.outbox_lag.set(outbox.as_secs_f64());
        self.delivery_lag.set(deliveries.as_secs_f64());
    }
}
