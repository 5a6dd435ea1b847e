//! Findings, up to a limit for each kind.

use std::collections::HashMap;
use std::fmt::Display;

use store::verify::{Finding, MAX_FINDINGS};

/// At most [`MAX_FINDINGS`] findings of each kind.
#[derive(Default)]
pub struct FindingLog {
    findings: Vec<Finding>,
    counts: HashMap<&'static str, usize>,
}

impl FindingLog {
    /// Adds a finding whose text is just its kind.
    pub fn add(&mut self, kind: &'static str, ids: impl IntoIterator<Item = impl Display>) {
        self.say(kind, kind.to_owned(), ids);
    }

    /// Adds a finding.
    pub fn say(&mut self, kind: &'static str, what: String, ids: impl IntoIterator<Item = impl Display>) {
        let ids = ids.into_iter().map(|id| id.to_string()).collect();
        self.extend([Finding { kind, what, ids }]);
    }

    /// Whether the limit for a kind is reached.
    pub fn is_full(&self, kind: &'static str) -> bool {
        self.counts.get(kind).is_some_and(|count| *count >= MAX_FINDINGS)
    }

    pub fn into_vec(self) -> Vec<Finding> {
        self.findings
    }
}

impl Extend<Finding> for FindingLog {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        for finding in findings {
            let count = self.counts.entry(finding.kind).or_default();
            *count += 1;
            if *count <= MAX_FINDINGS {
                self.findings.push(finding);
            }
        }
    }
}
