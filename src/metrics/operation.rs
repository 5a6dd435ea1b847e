//! The series of operations by type and name. Names are callers' words: only those of documents that are valid count,
//! and only so many of them; the rest is `other`.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, Registry};

use super::series;

/// How many names are told apart.
pub const NAMES: usize = 200;
/// Places for them, so many more that looking ends soon.
const PLACES: usize = 512;
/// What operations beyond that are called.
const OTHER: &str = "other";

/// The series of one type and name.
pub struct Operation {
    kind: OperationType,
    name: String,
    seconds: Histogram,
    succeeded: IntCounter,
    failed: IntCounter,
    requested_cost: IntCounter,
    actual_cost: IntCounter,
}

/// How an operation went.
#[derive(Clone, Copy, Debug)]
pub struct Ran {
    /// Without errors; `userErrors` are none.
    pub succeeded: bool,
    pub took: Duration,
    pub requested_cost: u64,
    pub actual_cost: u64,
}

impl Operation {
    /// Counts one that ran.
    pub fn ran(&self, ran: &Ran) {
        let result = if ran.succeeded { &self.succeeded } else { &self.failed };
        result.inc();
        self.seconds.observe(ran.took.as_secs_f64());
        self.requested_cost.inc_by(ran.requested_cost);
        self.actual_cost.inc_by(ran.actual_cost);
    }

    fn is(&self, kind: OperationType, name: &str) -> bool {
        self.kind == kind && self.name == name
    }
}

/// All of them. A place that is filled is never changed, so that finding takes no lock.
pub struct Operations {
    places: Box<[OnceLock<Arc<Operation>>]>,
    taken: AtomicUsize,
    adding: Mutex<()>,
    hasher: RandomState,
    unnamed: [OnceLock<Arc<Operation>>; 3],
    others: [OnceLock<Arc<Operation>>; 3],
    results: IntCounterVec,
    seconds: HistogramVec,
    requested_cost: IntCounterVec,
    actual_cost: IntCounterVec,
}

impl Operations {
    pub(super) fn new(registry: &Registry) -> Self {
        let labels = ["operation_type", "operation_name"];
        let results = "Operations that ran, by type, name and whether there were errors.";
        let seconds = "Seconds that operations ran.";
        let requested = "Cost that operations asked for.";
        let actual = "Cost that operations came to.";
        Self {
            places: (0..PLACES).map(|_| OnceLock::new()).collect(),
            taken: AtomicUsize::new(0),
            adding: Mutex::default(),
            hasher: RandomState::new(),
            unnamed: Default::default(),
            others: Default::default(),
            results: series::counters(
                registry,
                "tributary_operations_total",
                results,
                &["operation_type", "operation_name", "result"],
            ),
            seconds: series::histograms(
                registry,
                "tributary_operation_duration_seconds",
                seconds,
                &labels,
                &super::SECONDS,
            ),
            requested_cost: series::counters(registry, "tributary_cost_requested_total", requested, &labels),
            actual_cost: series::counters(registry, "tributary_cost_actual_total", actual, &labels),
        }
    }

    /// The series of a valid document's operation; `name` as the document says it.
    pub fn of(&self, kind: OperationType, name: Option<&str>) -> Arc<Operation> {
        let Some(name) = name else {
            return self.unnamed[kind as usize].get_or_init(|| self.make(kind, "")).clone();
        };
        if let Some(found) = self.find(kind, name).or_else(|| self.add(kind, name)) {
            return found.clone();
        }
        self.others[kind as usize]
            .get_or_init(|| self.make(kind, OTHER))
            .clone()
    }

    fn find(&self, kind: OperationType, name: &str) -> Option<&Arc<Operation>> {
        let mut filled = self.places_of(kind, name).map_while(OnceLock::get);
        filled.find(|found| found.is(kind, name))
    }

    /// Gives a new name a place, if there is one. Only here is a lock, which is taken for so many names only.
    fn add(&self, kind: OperationType, name: &str) -> Option<&Arc<Operation>> {
        if self.taken.load(Ordering::Acquire) >= NAMES {
            // The last place may have become this one's meanwhile.
            return self.find(kind, name);
        }
        let _alone = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.taken.load(Ordering::Acquire);
        let found = self.find(kind, name);
        if found.is_some() || taken >= NAMES {
            return found;
        }
        let place = self.places_of(kind, name).find(|place| place.get().is_none())?;
        let made = place.get_or_init(|| self.make(kind, name));
        self.taken.store(taken + 1, Ordering::Release);
        Some(made)
    }

    /// Where to look for a name: at all places, from its own on. Some stay empty, so looking ends soon.
    fn places_of(&self, kind: OperationType, name: &str) -> impl Iterator<Item = &OnceLock<Arc<Operation>>> {
        let start = self.hasher.hash_one((kind as usize, name)) as usize % PLACES;
        self.places[start..].iter().chain(&self.places[..start])
    }

    fn make(&self, kind: OperationType, name: &str) -> Arc<Operation> {
        let labels = [word(kind), name];
        let result = |result| self.results.with_label_values(&[labels[0], labels[1], result]);
        Arc::new(Operation {
            kind,
            name: name.to_owned(),
            seconds: self.seconds.with_label_values(&labels),
            succeeded: result("ok"),
            failed: result("errors"),
            requested_cost: self.requested_cost.with_label_values(&labels),
            actual_cost: self.actual_cost.with_label_values(&labels),
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
    use super::*;

    #[test]
    fn names_are_told_apart_up_to_a_number() {
        let operations = Operations::new(&Registry::new());
        for round in 0..2 {
            for number in 0..NAMES {
                let name = format!("Name{number}");
                let found = operations.of(OperationType::Query, Some(&name));
                assert!(found.is(OperationType::Query, &name), "{round} {name}");
            }
        }
        for number in 0..1_000 {
            let late = operations.of(OperationType::Mutation, Some(&format!("Late{number}")));
            assert!(late.is(OperationType::Mutation, OTHER));
        }
        // The same name of another type is another operation.
        assert!(
            operations
                .of(OperationType::Mutation, Some("Name0"))
                .is(OperationType::Mutation, OTHER)
        );
        assert!(operations.of(OperationType::Query, None).is(OperationType::Query, ""));
    }

    #[test]
    fn many_at_once_find_the_same_series() {
        let operations = Operations::new(&Registry::new());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for number in 0..NAMES {
                        let name = format!("Name{number}");
                        operations.of(OperationType::Query, Some(&name)).succeeded.inc();
                    }
                });
            }
        });
        let counts: u64 = (0..NAMES)
            .map(|number| operations.of(OperationType::Query, Some(&format!("Name{number}"))))
            .map(|operation| {
                assert_ne!(operation.name, OTHER);
                operation.succeeded.get()
            })
            .sum();
        assert_eq!(counts, 8 * NAMES as u64);
    }
}
