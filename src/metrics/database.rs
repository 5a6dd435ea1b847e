//! What the database takes.

use prometheus::{Histogram, Registry};

use super::series;

pub struct Database {
    /// How long statements took, without waiting for a connection.
    pub statements: Histogram,
    /// How long was waited for a connection.
    pub waits: Histogram,
}

impl Database {
    pub(super) fn new(registry: &Registry) -> Self {
        let statements = "Seconds that statements took.";
        let waits = "Seconds that were waited for a connection to the database.";
        Self {
            statements: series::histogram(
                registry,
                "tributary_database_statement_duration_seconds",
                statements,
                &super::SECONDS,
            ),
            waits: series::histogram(registry, "tributary_database_wait_seconds", waits, &super::SECONDS),
        }
    }
}
