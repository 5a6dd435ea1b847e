//! Creates and registers series. Each name is registered once, and names end as Prometheus wants them to: those of
//! counters with `_total`, which the library adds by itself, as it adds the full stop of a help text.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

/// Buckets for the duration of a whole request or a resolver, from a cached read to the longest timeout.
pub const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// The state of a pool of database connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// "reader" or "writer"; on PostgreSQL they are one pool, "reader".
    pub name: &'static str,
    /// Maximum number of connections.
    pub most: u32,
    /// Open connections.
    pub size: u32,
    /// Open connections that are not in use.
    pub idle: u32,
    /// The number of current waits for a connection.
    pub waiting: u32,
}

/// A gauge that holds fractions.
pub type FractionGauge = Gauge<f64, AtomicU64>;

type Labels = Vec<(&'static str, String)>;

/// The series of one name, which differ in the values of their labels.
pub struct LabelledSeries<M> {
    labels: &'static [&'static str],
    family: Family<Labels, M>,
}

impl<M: Clone> LabelledSeries<M> {
    /// The series with these values of its labels; a new one if there is none yet.
    pub fn of(&self, values: &[&str]) -> M {
        debug_assert_eq!(values.len(), self.labels.len());
        let labels = self.labels.iter().zip(values);
        let labels = labels.map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.family.get_or_create_owned(&labels)
    }
}

/// Measures until it is dropped, whatever the outcome.
pub struct Timer {
    histogram: Histogram,
    began: Instant,
}

impl Timer {
    pub(super) fn start(histogram: &Histogram) -> Self {
        Self {
            histogram: histogram.clone(),
            began: Instant::now(),
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.histogram.observe(self.began.elapsed().as_secs_f64());
    }
}

fn register<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help.trim_end_matches('.'), metric.clone());
    metric
}

fn labelled<M: 'static>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    labels: &'static [&'static str],
    make: fn() -> M,
) -> LabelledSeries<M>
where
    Family<Labels, M>: Metric,
{
    let family = register(registry, name, help, Family::new_with_constructor(make));
    LabelledSeries { labels, family }
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

pub fn histogram(registry: &mut Registry, name: &str, help: &str, buckets: &[f64]) -> Histogram {
    register(registry, name, help, Histogram::new(buckets.iter().copied()))
}

pub fn gauge(registry: &mut Registry, name: &str, help: &str) -> Gauge {
    register(registry, name, help, Gauge::default())
}

pub fn fraction(registry: &mut Registry, name: &str, help: &str) -> FractionGauge {
    register(registry, name, help, FractionGauge::default())
}

/// `name` ends with `_total`.
pub fn counters(
    registry: &mut Registry,
    name: &str,
    help: &str,
    labels: &'static [&'static str],
) -> LabelledSeries<Counter> {
    let name = name.strip_suffix("_total").expect("the name of a counter");
    labelled(registry, name, help, labels, Counter::default)
}

pub fn gauges(
    registry: &mut Registry,
    name: &str,
    help: &str,
    labels: &'static [&'static str],
) -> LabelledSeries<Gauge> {
    labelled(registry, name, help, labels, Gauge::default)
}

pub fn fractions(
    registry: &mut Registry,
    name: &str,
    help: &str,
    labels: &'static [&'static str],
) -> LabelledSeries<FractionGauge> {
    labelled(registry, name, help, labels, FractionGauge::default)
}

/// Histograms of seconds.
pub fn durations(
    registry: &mut Registry,
    name: &str,
    help: &str,
    labels: &'static [&'static str],
) -> LabelledSeries<Histogram> {
    labelled(registry, name, help, labels, seconds)
}

/// A counter for each value of the only label.
pub fn counter_each<const N: usize>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    label: &'static [&'static str; 1],
    values: [&str; N],
) -> [Counter; N] {
    let counters = counters(registry, name, help, label);
    values.map(|value| counters.of(&[value]))
}

/// A histogram of seconds for each value of the only label.
pub fn seconds_each<const N: usize>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    label: &'static [&'static str; 1],
    values: [&str; N],
) -> [Histogram; N] {
    let histograms = durations(registry, name, help, label);
    values.map(|value| histograms.of(&[value]))
}

/// The gauges of a connection pool.
pub struct PoolGauges {
    name: &'static str,
    most: Gauge,
    size: Gauge,
    idle: Gauge,
    waiting: Gauge,
}

pub fn pools(registry: &mut Registry) -> [PoolGauges; 2] {
    let most = "Maximum number of database connections.";
    let most = gauges(registry, "tributary_database_connections_max", most, &["pool"]);
    let waiting = "Tasks waiting for a database connection.";
    let waiting = gauges(registry, "tributary_database_connections_waiting", waiting, &["pool"]);
    let size = "Open database connections.";
    let size = gauges(registry, "tributary_database_connections", size, &["pool"]);
    let idle = "Idle database connections.";
    let idle = gauges(registry, "tributary_database_connections_idle", idle, &["pool"]);
    ["reader", "writer"].map(|name| PoolGauges {
        name,
        most: most.of(&[name]),
        size: size.of(&[name]),
        idle: idle.of(&[name]),
        waiting: waiting.of(&[name]),
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
