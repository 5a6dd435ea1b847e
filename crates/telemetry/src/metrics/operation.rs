//! The series of operations by type and name. Callers choose the names: only those in valid documents are counted, and
//! only a limited number of them; the rest is `other`.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use async_graphql_parser::types::OperationType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::series::{self, LabelledSeries};

/// Maximum number of distinct names.
const NAMES: usize = 200;
/// The name of operations beyond that.
const OTHER: &str = "other";

const LABELS: [&str; 2] = ["operation_type", "operation_name"];

/// The series of one type and name.
pub struct OperationSeries {
    seconds: Histogram,
    succeeded: Counter,
    failed: Counter,
    requested_cost: Counter,
    actual_cost: Counter,
}

/// The outcome of an operation.
#[derive(Clone, Copy, Debug)]
pub struct OperationRun {
    /// Without errors; `userErrors` do not count as such.
    pub succeeded: bool,
    pub took: Duration,
    pub requested_cost: u64,
    pub actual_cost: u64,
}

impl OperationSeries {
    /// Counts an operation that ran.
    pub fn ran(&self, ran: &OperationRun) {
        let result = if ran.succeeded { &self.succeeded } else { &self.failed };
        result.inc();
        self.seconds.observe(ran.took.as_secs_f64());
        self.requested_cost.inc_by(ran.requested_cost);
        self.actual_cost.inc_by(ran.actual_cost);
    }
}

/// The series of one name, by type.
type OfName = [OnceLock<Arc<OperationSeries>>; 3];

/// The series of all operations.
pub struct OperationMetrics {
    /// Lookups share the lock; only adding a new name is exclusive.
    named: RwLock<HashMap<String, OfName>>,
    unnamed: OfName,
    others: OfName,
    results: LabelledSeries<Counter>,
    seconds: LabelledSeries<Histogram>,
    requested_cost: LabelledSeries<Counter>,
    actual_cost: LabelledSeries<Counter>,
}

impl OperationMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let results = "Executed operations, by type, name and whether there were errors.";
        let seconds = "Duration of operations in seconds.";
        let requested = "Cost requested by operations.";
        let actual = "Actual cost of operations.";
        Self {
            named: RwLock::default(),
            unnamed: Default::default(),
            others: Default::default(),
            results: series::counters(
                registry,
                "tributary_operations_total",
                results,
                &["operation_type", "operation_name", "result"],
            ),
            seconds: series::durations(registry, "tributary_operation_duration_seconds", seconds, &LABELS),
            requested_cost: series::counters(registry, "tributary_cost_requested_total", requested, &LABELS),
            actual_cost: series::counters(registry, "tributary_cost_actual_total", actual, &LABELS),
        }
    }

    /// The series of an operation in a valid document; `name` as written there.
    pub fn of(&self, kind: OperationType, name: Option<&str>) -> Arc<OperationSeries> {
        let get = |of_name: &OfName, name| of_name[kind as usize].get_or_init(|| self.make(kind, name)).clone();
        let Some(name) = name else {
            return get(&self.unnamed, "");
        };
        if let Some(found) = self.named.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return get(found, name);
        }
        let mut named = self.named.write().unwrap_or_else(PoisonError::into_inner);
        if named.len() < NAMES || named.contains_key(name) {
            return get(named.entry(name.to_owned()).or_default(), name);
        }
        drop(named);
        get(&self.others, OTHER)
    }

    fn make(&self, kind: OperationType, name: &str) -> Arc<OperationSeries> {
        let labels = [word(kind), name];
        let result = |result| self.results.of(&[labels[0], labels[1], result]);
        Arc::new(OperationSeries {
            seconds: self.seconds.of(&labels),
            succeeded: result("ok"),
            failed: result("errors"),
            requested_cost: self.requested_cost.of(&labels),
            actual_cost: self.actual_cost.of(&labels),
        })
    }
}

/// An operation's type, as documents write it.
pub fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

#[cfg(test)]
mod tests {
    use OperationType::{Mutation, Query};

    use super::*;

    /// How many operations the series of a name counted.
    fn count(operations: &OperationMetrics, kind: OperationType, name: &str) -> u64 {
        operations.results.of(&[word(kind), name, "ok"]).get()
    }

    #[test]
    fn names_are_told_apart_up_to_a_number() {
        let operations = OperationMetrics::new(&mut Registry::default());
        let name = |number| format!("Name{number}");
        for number in (0..NAMES).chain(0..NAMES) {
            operations.of(Query, Some(&name(number))).succeeded.inc();
        }
        for number in 0..1_000 {
            operations.of(Mutation, Some(&format!("Late{number}"))).succeeded.inc();
        }
        // The same name of another type is another operation.
        operations.of(Mutation, Some("Name0")).succeeded.inc();
        operations.of(Query, None).succeeded.inc();
        assert!((0..NAMES).all(|number| count(&operations, Query, &name(number)) == 2));
        assert_eq!(count(&operations, Mutation, "Name0"), 1);
        assert_eq!(count(&operations, Mutation, OTHER), 1_000);
        assert_eq!(count(&operations, Query, OTHER), 0);
        assert_eq!(count(&operations, Query, ""), 1);
    }

    #[test]
    fn many_at_once_find_the_same_series() {
        let operations = OperationMetrics::new(&mut Registry::default());
        let name = |number| format!("Name{number}");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for number in 0..NAMES {
                        operations.of(Query, Some(&name(number))).succeeded.inc();
                    }
                });
            }
        });
        assert!((0..NAMES).all(|number| count(&operations, Query, &name(number)) == 8));
    }
}
