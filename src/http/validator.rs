//! Whether documents are valid against a schema, for tests of the documents that the documentation prints.

use super::guard::{Guard, Limits};

/// Finds what is wrong with documents according to one schema.
pub struct Validator(Guard);

impl Validator {
    /// The schema must be well-formed.
    pub fn new(sdl: &str) -> Self {
        Self(Guard::new(sdl, Limits::default(), true))
    }

    /// What is wrong with a document; empty if it is valid.
    pub fn problems(&self, text: &str) -> Vec<String> {
        let problems = match self.0.parse(text) {
            Ok(document) => self.0.validate(&document),
            Err(problem) => vec![problem],
        };
        problems.into_iter().map(|problem| problem.message).collect()
    }
}
