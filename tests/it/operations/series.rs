//! Which series a running gateway has, and which ones PromQL names.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use tributary::metrics::{Metrics, OperationRun};

use crate::telemetry::exposition::Exposition;

/// Labels that Prometheus gives to every series.
const TARGET: [&str; 2] = ["instance", "job"];
/// Prometheus' own.
const FOREIGN: [&str; 2] = ["up", "ALERTS"];

/// Everything that a gateway exports once it has done something of each kind.
pub struct Exported(Exposition);

impl Exported {
    pub fn all() -> Self {
        let metrics = Metrics::new("2026-03-01T12:00:00Z".parse().unwrap());
        let ran = OperationRun {
            succeeded: true,
            took: Duration::ZERO,
            requested_cost: 1,
            actual_cost: 1,
        };
        for kind in [OperationType::Query, OperationType::Mutation] {
            metrics.operations.of(kind, None).ran(&ran);
        }
        metrics.issuers.of("default").failed();
        metrics.database.replica("db2:5432").seen(true, Duration::ZERO);
        Self(Exposition::parse(&metrics.render(&[], None)))
    }

    pub fn families(&self) -> BTreeSet<&str> {
        self.0.families.keys().map(String::as_str).collect()
    }

    /// The family of a series, which a histogram has three of; `None`: there is none.
    pub fn family<'a>(&self, series: &'a str) -> Option<&'a str> {
        let is_one = |name: &str, kind: Option<&str>| match (self.0.families.get(name), kind) {
            (Some(known), Some(kind)) => known == kind,
            (Some(known), None) => known != "histogram",
            (None, _) => false,
        };
        if is_one(series, None) {
            return Some(series);
        }
        ["_bucket", "_sum", "_count"]
            .iter()
            .filter_map(|suffix| series.strip_suffix(suffix))
            .find(|name| is_one(name, Some("histogram")))
    }

    /// What is wrong with the names, labels and values of an expression.
    pub fn problems(&self, expression: &str) -> Vec<String> {
        let mut problems = Vec::new();
        for name in names(expression) {
            if self.family(name).is_none() && !FOREIGN.contains(&name) && !name.contains(':') {
                problems.push(format!("there is no {name}: {expression}"));
            }
        }
        let known = self.0.label_names();
        for (label, values) in labels(expression) {
            // The gateway's own label gives way to that of the scrape.
            let own = label.strip_prefix("exported_").unwrap_or(&label);
            if TARGET.contains(&label.as_str()) || label.starts_with("alert") {
                continue;
            }
            if !known.contains(own) {
                problems.push(format!("there is no label {label}: {expression}"));
            }
            let of_label = self.0.label(own);
            let values = values.iter().filter(|value| !of_label.contains(value.as_str()));
            problems.extend(values.map(|value| format!("{label} is never {value:?}: {expression}")));
        }
        problems
    }
}

/// The series that an expression names.
pub fn names(expression: &str) -> Vec<&str> {
    let quoted = expression.split('"').step_by(2);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    quoted
        .flat_map(|text| text.split(|letter: char| !is_part(letter)))
        .filter(|word| word.starts_with("tributary") || word.starts_with("process_") || FOREIGN.contains(word))
        .collect()
}

/// The labels that an expression names, with the values that it compares them to.
fn labels(expression: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut labels = BTreeMap::<String, BTreeSet<String>>::new();
    let parts: Vec<_> = expression.split('"').collect();
    for pair in parts.chunks(2) {
        if let [before, values] = pair {
            let name = before.trim_end_matches(['=', '~', '!']);
            let begin = name.rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            let name = &name[begin.map_or(0, |begin| begin + 1)..];
            let values = values.split('|').filter(|value| !value.contains(['$', '.', '*']));
            labels
                .entry(name.to_owned())
                .or_default()
                .extend(values.map(str::to_owned));
        }
    }
    for part in expression.split("by (").skip(1) {
        let names = part.split(')').next().unwrap_or_default().split(',');
        for name in names {
            labels.entry(name.trim().to_owned()).or_default();
        }
    }
    labels
}

#[test]
fn what_is_not_exported_is_found() {
    let exported = Exported::all();
    let sound = r#"sum by (route) (rate(tributary_http_requests_total{status=~"4xx|5xx",instance="a:1"}[5m]))
        / sum(rate(tributary_refusal_duration_seconds_count{reason="auth"}[5m])) > min by (exported_job) (up)"#;
    assert_eq!(exported.problems(sound), Vec::<String>::new());
    for (expression, problem) in [
        ("tributary_nonsense_total", "there is no tributary_nonsense_total"),
        // A histogram has no series of its own name.
        (
            "tributary_database_wait_seconds",
            "there is no tributary_database_wait_seconds",
        ),
        ("tributary_exports_count", "there is no tributary_exports_count"),
        (r#"tributary_errors_total{kode="x"}"#, "there is no label kode"),
        (
            r#"tributary_errors_total{code=~"TIMEOUT|NONE"}"#,
            "code is never \"NONE\"",
        ),
        ("sum by (pol) (tributary_exports)", "there is no label pol"),
    ] {
        let problems = exported.problems(expression);
        assert!(
            problems.iter().any(|said| said.starts_with(problem)),
            "{expression}: {problems:?}"
        );
    }
}
