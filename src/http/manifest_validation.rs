//! The documents of a manifest, and whether they are valid against a schema.

use std::path::Path;

use super::guard::{Guard, Limits};
use super::persisted::{ManifestError, read_manifest};

/// A document that clients send.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientDocument {
    pub text: String,
    /// The SHA-256 of its text, in hexadecimal digits.
    pub sha256: String,
}

/// The documents of a manifest, sorted by their texts.
pub fn recorded_documents(manifest: &Path) -> Result<Vec<ClientDocument>, ManifestError> {
    let mut found: Vec<_> = read_manifest(manifest)?
        .into_iter()
        .map(|(hash, text)| ClientDocument {
            text,
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
        .collect();
    found.sort();
    Ok(found)
}

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
