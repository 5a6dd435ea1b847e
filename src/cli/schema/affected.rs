//! Whom of those whose documents were recorded a change of the schema concerns.

use std::path::Path;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use serde::Serialize;

use super::change::{Effect, SchemaChange};
use super::types::SchemaTypes;
use super::uses::uses;
use crate::http::{ClientDocument, ManifestError, Validator, recorded_documents};

/// A recorded document that breaks, or that may.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AffectedDocument {
    /// The names of its operations; of a document without names its first line.
    pub name: String,
    pub sha256: String,
    /// What it uses that breaks, in the words of the changes.
    pub breaks: Vec<String>,
    /// What its variables may use that breaks.
    pub may_break: Vec<String>,
    /// Why it is not valid any more, where no change that it uses says so.
    pub invalid: Vec<String>,
}

/// What became of the documents of a manifest.
#[derive(Debug, Serialize)]
pub struct AffectedDocuments {
    pub documents: usize,
    pub concerned: Vec<AffectedDocument>,
    /// Those that did not fit the old schema either, by their names: of these nothing can be said.
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
