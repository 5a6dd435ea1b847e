//! Creates and registers series. Names and labels are constants, and each is created once: none can be refused.

use prometheus::core::Collector;
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry,
};

use super::PoolState;

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> C {
    registry
        .register(Box::new(collector.clone()))
        .expect("each name is registered once");
    collector
}

pub fn histogram(registry: &Registry, name: &str, help: &str, buckets: &[f64]) -> Histogram {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    register(registry, Histogram::with_opts(options).expect("a sound definition"))
}

pub fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    register(registry, IntGauge::new(name, help).expect("a sound definition"))
}

/// A gauge that holds fractions.
pub fn number(registry: &Registry, name: &str, help: &str) -> Gauge {
    register(registry, Gauge::new(name, help).expect("a sound definition"))
}

pub fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    let counters = IntCounterVec::new(Opts::new(name, help), labels);
    register(registry, counters.expect("a sound definition"))
}

pub fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
    let gauges = IntGaugeVec::new(Opts::new(name, help), labels);
    register(registry, gauges.expect("a sound definition"))
}

/// Gauges that hold fractions.
pub fn numbers(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> GaugeVec {
    let gauges = GaugeVec::new(Opts::new(name, help), labels);
    register(registry, gauges.expect("a sound definition"))
}

pub fn histograms(registry: &Registry, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    register(
        registry,
        HistogramVec::new(options, labels).expect("a sound definition"),
    )
}

/// A counter for each value of a label.
pub fn counter_each<const N: usize>(
    registry: &Registry,
    name: &str,
    help: &str,
    label: &str,
    values: [&str; N],
) -> [IntCounter; N] {
    let counters = counters(registry, name, help, &[label]);
    values.map(|value| counters.with_label_values(&[value]))
}

/// A histogram of seconds for each value of a label.
pub fn seconds_each<const N: usize>(
    registry: &Registry,
    name: &str,
    help: &str,
    label: &str,
    values: [&str; N],
) -> [Histogram; N] {
    let histograms = histograms(registry, name, help, &[label], &super::SECONDS);
    values.map(|value| histograms.with_label_values(&[value]))
}

/// The gauges of a connection pool.
pub struct PoolGauges {
    name: &'static str,
    most: IntGauge,
    size: IntGauge,
    idle: IntGauge,
    waiting: IntGauge,
}

pub fn pools(registry: &Registry) -> [PoolGauges; 2] {
    let most = "Connections to the database that there may be.";
    let most = gauges(registry, "tributary_database_connections_max", most, &["pool"]);
    let waiting = "Who waits for a connection to the database at this moment.";
    let waiting = gauges(registry, "tributary_database_connections_waiting", waiting, &["pool"]);
    let size = "Connections to the database that are open.";
    let size = gauges(registry, "tributary_database_connections", size, &["pool"]);
    let idle = "Connections to the database that are open and not in use.";
    let idle = gauges(registry, "tributary_database_connections_idle", idle, &["pool"]);
    ["reader", "writer"].map(|name| PoolGauges {
        name,
        most: most.with_label_values(&[name]),
        size: size.with_label_values(&[name]),
        idle: idle.with_label_values(&[name]),
        waiting: waiting.with_label_values(&[name]),
    })
}

impl PoolGauges {
    pub fn set(&self, state: &PoolState) {
        if state.name == self.name {
            self.most.set(state.most.into());
            self.size.set(state.size.into());
            self.idle.set(state.idle.into());
            self.waiting.set(state.waiting.into());
        }
    }
}
