//! Metrics of the database.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::series::{self, FractionGauge, LabelledSeries, Timer};

pub struct DatabaseMetrics {
    /// How long statements took, without the wait for a connection.
    statements: Histogram,
    /// How long the waits for a connection took.
    waits: Histogram,
    reads: [Counter; 3],
    replicas: LabelledSeries<Gauge>,
    lags: LabelledSeries<FractionGauge>,
}

/// Where a query was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadServer {
    Primary,
    Replica,
    /// On the primary again, because an earlier read from a replica had to be discarded.
    Again,
}

/// The series of one server that queries are read from.
pub struct DatabaseReplica {
    is_up: Gauge,
    lag: FractionGauge,
}

impl DatabaseMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let statements = "Duration of statements in seconds.";
        let waits = "Seconds spent waiting for a database connection.";
        let reads = "Queries, by where they were read.";
        let replicas = "Whether queries are read from this database replica.";
        let lags = "Lag of a database replica behind the primary at the last check, in seconds.";
        Self {
            reads: series::counter_each(
                registry,
                "tributary_database_reads_total",
                reads,
                &["place"],
                ["primary", "replica", "again"],
            ),
            replicas: series::gauges(registry, "tributary_database_replica_up", replicas, &["server"]),
            lags: series::fractions(registry, "tributary_database_replica_lag_seconds", lags, &["server"]),
            statements: series::histogram(
                registry,
                "tributary_database_statement_duration_seconds",
                statements,
                &series::SECONDS,
            ),
            waits: series::histogram(registry, "tributary_database_wait_seconds", waits, &series::SECONDS),
        }
    }

    /// Measures a statement.
    pub fn time_statement(&self) -> Timer {
        Timer::start(&self.statements)
    }

    /// Measures a wait for a connection.
    pub fn time_wait(&self) -> Timer {
        Timer::start(&self.waits)
    }

    /// Counts a query.
    pub fn read(&self, place: ReadServer) {
        self.reads[place as usize].inc();
    }

    /// The series of the replica with this name.
    pub fn replica(&self, server: &str) -> DatabaseReplica {
        DatabaseReplica {
            is_up: self.replicas.of(&[server]),
            lag: self.lags.of(&[server]),
        }
    }
}

impl DatabaseReplica {
    /// Records a check of the replica.
    pub fn seen(&self, is_up: bool, lag: Duration) {
        self.is_up.set(is_up.into());
        self.lag.set(lag.as_secs_f64());
    }
}
