//! Metrics of the database.

use std::time::Duration;

use prometheus::{Gauge, GaugeVec, Histogram, IntCounter, IntGauge, IntGaugeVec, Registry};

use super::series;

pub struct DatabaseMetrics {
    /// How long statements took, without the wait for a connection.
    pub statements: Histogram,
    /// How long the waits for a connection took.
    pub waits: Histogram,
    reads: [IntCounter; 3],
    replicas: IntGaugeVec,
    lags: GaugeVec,
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
    is_up: IntGauge,
    lag: Gauge,
}

impl DatabaseMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let statements = "Seconds that statements took.";
        let waits = "Seconds that were waited for a connection to the database.";
        let reads = "Queries by where they were read.";
        let replicas = "Whether queries are read from this database replica.";
        let lags = "For how long the primary had been ahead of a database replica when both were last looked at.";
        Self {
            reads: series::counter_each(
                registry,
                "tributary_database_reads_total",
                reads,
                "place",
                ["primary", "replica", "again"],
            ),
            replicas: series::gauges(registry, "tributary_database_replica_up", replicas, &["server"]),
            lags: series::numbers(registry, "tributary_database_replica_lag_seconds", lags, &["server"]),
            statements: series::histogram(
                registry,
                "tributary_database_statement_duration_seconds",
                statements,
                &super::SECONDS,
            ),
            waits: series::histogram(registry, "tributary_database_wait_seconds", waits, &super::SECONDS),
        }
    }

    /// Counts a query.
    pub fn read(&self, place: ReadServer) {
        self.reads[place as usize].inc();
    }

    /// The series of the replica with this name.
    pub fn replica(&self, server: &str) -> DatabaseReplica {
        DatabaseReplica {
            is_up: self.replicas.with_label_values(&[server]),
            lag: self.lags.with_label_values(&[server]),
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
