//! Which of the recorded documents a change of the schema affects.

use std::path::Path;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use serde::Serialize;

use super::change::{Effect, SchemaChange};
use super::types::SchemaTypes;
use super::uses::uses;
use crate::http::{ClientDocument, ManifestError, Validator, recorded_documents};

/// A recorded document that breaks, or that may break.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AffectedDocument {
    /// The names of its operations; for a document without names its first line.
    pub name: String,
    pub sha256: String,
    /// The texts of the breaking changes to what it uses.
    pub breaks: Vec<String>,
    /// The texts of the breaking changes to what its variables may use.
    pub may_break: Vec<String>,
    /// Why it is no longer valid, where none of the changes to what it uses explains that.
    pub invalid: Vec<String>,
}

/// The effect on the documents of a manifest.
#[derive(Debug, Serialize)]
pub struct AffectedDocuments {
    pub documents: usize,
    pub concerned: Vec<AffectedDocument>,
    /// The names of those that did not fit the old schema either: nothing can be said about them.
    pub unfit: Vec<String>,
}

/// Both schemas are given as text and as types.
pub fn whom(
    manifest: &Path,
    (old, old_types): (&str, &SchemaTypes),
    new: &str,
    changes: &[SchemaChange],
) -> Result<AffectedDocuments, ManifestError> {
    let documents = recorded_documents(manifest)?;
    let (old, new) = (Validator::new(old), Validator::new(new));
    let mut found = AffectedDocuments {
        documents: documents.len(),
        concerned: Vec::new(),
        unfit: Vec::new(),
    };
    for recorded in documents {
        let parsed = parse_query(&recorded.text).ok();
        let name = name(&recorded, parsed.as_ref());
        let Some(document) = parsed.filter(|_| old.problems(&recorded.text).is_empty()) else {
            found.unfit.push(name);
            continue;
        };
        let used = uses(old_types, &document);
        let breaking = changes.iter().filter(|change| change.effect == Effect::Breaks);
        let (mut breaks, mut may_break) = (Vec::new(), Vec::new());
        for change in breaking {
            if used.surely.contains(&change.concerns) {
                breaks.push(change.text.clone());
            } else if used.perhaps.contains(&change.concerns) {
                may_break.push(change.text.clone());
            }
        }
        let invalid = match breaks.is_empty() {
            true => new.problems(&recorded.text),
            false => Vec::new(),
        };
        if !(breaks.is_empty() && may_break.is_empty() && invalid.is_empty()) {
            found.concerned.push(AffectedDocument {
                name,
                sha256: recorded.sha256,
                breaks,
                may_break,
                invalid,
            });
        }
    }
    Ok(found)
}

fn name(recorded: &ClientDocument, document: Option<&ExecutableDocument>) -> String {
    let operations = document.into_iter().flat_map(|document| document.operations.iter());
    let mut names: Vec<_> = operations.filter_map(|(name, _)| Some(name?.as_str())).collect();
    names.sort_unstable();
    if !names.is_empty() {
        return names.join(", ");
    }
    let mut lines = recorded.text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.unwrap_or_default().to_owned()
}
