//! Metrics of the running program, for Prometheus.
//!
//! - Counting costs a few atomic additions, and for histograms a lock for a moment: the counting code holds its series
//!   already, and lookups do not block each other.
//! - Labels say what kind of thing happened, never to whom: no tenant, no subject, no id. Values that callers choose
//!   (the names of operations) are limited in number.
//! - Everything that can be counted is there from the start with zero, except for the series of operations and of
//!   issuers.

mod codes;
mod database;
mod issuers;
mod jobs;
mod operation;
mod process;
mod request;
mod series;
mod tracking;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub use database::{DatabaseMetrics, DatabaseReplica, ReadServer};
use domain::Timestamp;
pub use issuers::{IssuerKeys, IssuerMetrics};
pub use jobs::{Job, JobMetrics};
pub use operation::{OperationMetrics, OperationRun, word};
pub use request::{RequestMetrics, Route, known_code, known_codes};
use series::FractionGauge;
pub use series::{PoolState, Timer};
pub use tracking::TrackingMetrics;
pub use webhooks::WebhookMetrics;

/// Buckets for the number of keys that a loader reads with one statement.
const KEYS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0];

/// Buckets for the level of a throttle bucket, as a fraction of its capacity.
const LEVELS: [f64; 7] = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];

/// The metrics of one program.
pub struct Metrics {
    registry: Registry,
    pub requests: RequestMetrics,
    pub operations: OperationMetrics,
    pub jobs: JobMetrics,
    pub webhooks: WebhookMetrics,
    pub issuers: IssuerMetrics,
    pub tracking: TrackingMetrics,
    pub database: Arc<DatabaseMetrics>,
    /// How much of its bucket a subject has left after an operation, from 0 to 1.
    pub throttle_levels: Histogram,
    /// The number of keys in each batch of a loader.
    pub loader_batches: Histogram,
    /// Open connections.
    connections: Gauge,
    sockets: Gauge,
    subscriptions: Gauge,
    running: Gauge,
    /// The number of operations begun.
    begun: AtomicU64,
    exports: Gauge,
    pools: [series::PoolGauges; 2],
    outbox_lag: FractionGauge,
    process: process::ProcessMetrics,
}

impl Metrics {
    /// All metrics at zero. `started` is the current time.
    pub fn new(started: Timestamp) -> Self {
        let mut registry = Registry::default();
        Self {
            requests: RequestMetrics::new(&mut registry),
            operations: OperationMetrics::new(&mut registry),
            jobs: JobMetrics::new(&mut registry),
            webhooks: WebhookMetrics::new(&mut registry),
            issuers: IssuerMetrics::new(&mut registry),
            tracking: TrackingMetrics::new(&mut registry),
            database: Arc::new(DatabaseMetrics::new(&mut registry)),
            throttle_levels: series::histogram(
                &mut registry,
                "tributary_throttle_level_ratio",
                "Fraction of the cost bucket that a subject has left after an operation.",
                &LEVELS,
            ),
            loader_batches: series::histogram(
                &mut registry,
                "tributary_loader_batch_keys",
                "Number of keys that a loader reads with one statement.",
                &KEYS,
            ),
            connections: series::gauge(&mut registry, "tributary_http_connections", "Open connections."),
            sockets: series::gauge(&mut registry, "tributary_websockets", "Open WebSockets."),
            subscriptions: series::gauge(
                &mut registry,
                "tributary_subscriptions",
                "Active subscriptions, over WebSockets and as event streams.",
            ),
            running: series::gauge(
                &mut registry,
                "tributary_operations_running",
                "Operations being executed: queries, mutations and subscription events.",
            ),
            begun: AtomicU64::new(0),
            exports: series::gauge(&mut registry, "tributary_exports", "Exports being streamed."),
            pools: series::pools(&mut registry),
            outbox_lag: series::fraction(
                &mut registry,
                "tributary_outbox_lag_seconds",
                "Age of the newest outbox entry that was read, in seconds; 0 while nobody listens.",
            ),
            process: process::ProcessMetrics::new(&mut registry, started),
            registry,
        }
    }

    /// Counts a connection until the returned guard is dropped.
    pub fn connection(&self) -> OpenGauge {
        OpenGauge::new(&self.connections)
    }

    /// Counts a WebSocket until the returned guard is dropped.
    pub fn socket(&self) -> OpenGauge {
        OpenGauge::new(&self.sockets)
    }

    /// Counts a subscription until the returned guard is dropped.
    pub fn subscription(&self) -> OpenGauge {
        OpenGauge::new(&self.subscriptions)
    }

    /// Counts a running operation until the returned guard is dropped.
    pub fn running(&self) -> OpenGauge {
        self.begun.fetch_add(1, Ordering::Relaxed);
        OpenGauge::new(&self.running)
    }

    /// The number of running operations, and of those begun so far.
    pub fn operation_load(&self) -> OperationLoad {
        OperationLoad {
            running: self.running.get(),
            begun: self.begun.load(Ordering::Relaxed),
        }
    }

    /// Counts an export until the returned guard is dropped.
    pub fn export(&self) -> OpenGauge {
        OpenGauge::new(&self.exports)
    }

    /// All metrics, in Prometheus' text format. `pools` is their current state, and `outbox_lag` how long ago the
    /// outbox was read to its end, if anything reads it.
    pub fn render(&self, pools: &[PoolState], outbox_lag: Option<Duration>) -> String {
        self.outbox_lag.set(outbox_lag.unwrap_or_default().as_secs_f64());
        for state in pools {
            for pool in &self.pools {
                pool.set(state);
            }
        }
        self.process.look();
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).expect("text grows");
        text
    }
}

/// The load of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationLoad {
    pub running: i64,
    /// Since the process started.
    pub begun: u64,
}

/// Counts one open item until it is dropped.
pub struct OpenGauge(Gauge);

impl OpenGauge {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for OpenGauge {
    fn drop(&mut self) {
        self.0.dec();
    }
}
