//! Whether documents that clients send go on to be valid.

use std::path::Path;

use super::guard::{Guard, Limits};
use super::persisted::{ManifestError, read_manifest};

/// A document that was valid and is not any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its first line.
    pub document: String,
    /// What is wrong with it now.
    pub reasons: Vec<String>,
}

/// Those of a manifest's documents that are valid by the schema `old` and not by `new`, sorted by their texts. Both are
/// schemas that can be read.
pub fn broken_documents(manifest: &Path, old: &str, new: &str) -> Result<Vec<Broken>, ManifestError> {
    let guard = |sdl| Guard::new(sdl, Limits::default(), true);
    let (old, new) = (guard(old), guard(new));
    let reasons = |guard: &Guard, text: &str| match guard.parse(text) {
        Ok(document) => guard.validate(&document),
        Err(problem) => vec![problem],
    };
    let mut broken: Vec<_> = read_manifest(manifest)?
        .into_values()
        .filter(|text| reasons(&old, text).is_empty())
        .filter_map(|text| {
            let reasons: Vec<_> = reasons(&new, &text)
                .into_iter()
                .map(|problem| problem.message)
                .collect();
            let first = text
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty() && !line.starts_with('#'));
            let document = first.unwrap_or_default().to_owned();
            (!reasons.is_empty()).then_some(Broken { document, reasons })
        })
        .collect();
    broken.sort_by(|one, other| one.document.cmp(&other.document));
    Ok(broken)
}
