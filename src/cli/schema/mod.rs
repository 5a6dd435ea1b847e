//! `tributary schema`.

mod affected;
mod change;
mod changes;
mod types;
mod uses;

use std::path::{Path, PathBuf};

use super::{CliError, output};
use crate::graphql::{sdl, subgraph_sdl};
use affected::{AffectedDocuments, whom};
use change::{Effect, SchemaChange};
use changes::changes;
use types::SchemaTypes;

/// Print the GraphQL schema, or its differences from another one.
#[derive(clap::Args)]
pub struct Schema {
    /// As a subgraph of Apollo Federation 2, for composition
    #[arg(long)]
    federation: bool,
    /// A file with an earlier schema: report what has changed since, and fail if that breaks clients
    #[arg(long, value_name = "OLD")]
    diff: Option<PathBuf>,
    /// Documents that clients send, as a manifest of persisted documents: report which of them break, and fail only
    /// if any does
    #[arg(long, alias = "documents", value_name = "MANIFEST", requires = "diff")]
    operations: Option<PathBuf>,
    /// Report the changes as one JSON object
    #[arg(long, requires = "diff")]
    json: bool,
}

pub fn run(wanted: &Schema) -> Result<(), CliError> {
    let new = match wanted.federation {
        true => subgraph_sdl(),
        false => sdl(),
    };
    match &wanted.diff {
        None => output::text(new),
        Some(file) => compare(file, &new, wanted.operations.as_deref(), wanted.json),
    }
}

/// Prints the differences and the recorded documents that they break; fails if anything breaks.
fn compare(file: &Path, new: &str, operations: Option<&Path>, json: bool) -> Result<(), CliError> {
    let old = std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let old_types =
        SchemaTypes::read(&old).map_err(|error| format!("the schema of {} cannot be read: {error}", file.display()))?;
    let found = changes(&old_types, &SchemaTypes::read(new)?);
    let whom = operations
        .map(|manifest| whom(manifest, (&old, &old_types), new, &found))
        .transpose()?;
    match json {
        true => output::line(report(&found, whom.as_ref()))?,
        false => lines(&found, whom.as_ref())?,
    }
    let breaking = number(&found, Effect::Breaks);
    match whom {
        None if breaking > 0 => {
            let text = format!("breaking changes: {breaking}; --operations MANIFEST says whom they concern");
            Err(text.into())
        }
        Some(whom) if !whom.concerned.is_empty() => {
            let (concerned, all) = (whom.concerned.len(), whom.documents);
            Err(format!("{concerned} of {all} recorded documents break or may break").into())
        }
        None | Some(_) => Ok(()),
    }
}

fn number(changes: &[SchemaChange], effect: Effect) -> usize {
    changes.iter().filter(|change| change.effect == effect).count()
}

fn lines(changes: &[SchemaChange], whom: Option<&AffectedDocuments>) -> Result<(), CliError> {
    for change in changes {
        output::line(change)?;
    }
    let Some(whom) = whom else { return Ok(()) };
    for document in &whom.concerned {
        for reason in document.breaks.iter().chain(&document.invalid) {
            output::line(format_args!("document   {}: {reason}", document.name))?;
        }
        for reason in &document.may_break {
            output::line(format_args!("document   {}: perhaps, {reason}", document.name))?;
        }
    }
    for name in &whom.unfit {
        output::line(format_args!("unknown    {name}: it does not fit the old schema either"))?;
    }
    Ok(())
}

fn report(changes: &[SchemaChange], whom: Option<&AffectedDocuments>) -> serde_json::Value {
    let mut report = serde_json::json!({
        "breaking": number(changes, Effect::Breaks),
        "dangerous": number(changes, Effect::Dangerous),
        "safe": number(changes, Effect::Safe),
        "changes": changes,
    });
    if let Some(whom) = whom {
        report["operations"] = serde_json::json!(whom);
    }
    report
}
