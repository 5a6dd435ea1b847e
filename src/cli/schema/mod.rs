//! `tributary schema`.

mod changes;

use std::path::{Path, PathBuf};

use super::{CliError, output};
use crate::graphql::{sdl, subgraph_sdl};
use crate::http::broken_documents;
use changes::{Effect, changes};

/// What of the schema is wanted.
pub struct Wanted {
    pub federation: bool,
    /// A schema to compare this one with.
    pub old: Option<PathBuf>,
    /// Documents that clients send.
    pub documents: Option<PathBuf>,
}

pub fn run(wanted: &Wanted) -> Result<(), CliError> {
    let new = match wanted.federation {
        true => subgraph_sdl(),
        false => sdl(),
    };
    match &wanted.old {
        None => output::text(new),
        Some(file) => compare(file, &new, wanted.documents.as_deref()),
    }
}

/// Says what is different, whom of the recorded documents it breaks, and fails if anything breaks.
fn compare(file: &Path, new: &str, documents: Option<&Path>) -> Result<(), CliError> {
    let old = std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let found = changes(&old, new)?;
    for change in &found {
        output::line(change)?;
    }
    let breaking = found.iter().filter(|change| change.effect == Effect::Breaks).count();
    let Some(manifest) = documents else {
        return match breaking {
            0 => Ok(()),
            _ => Err(format!("{breaking} changes break clients that rely on them").into()),
        };
    };
    let broken = broken_documents(manifest, &old, new)?;
    for document in &broken {
        output::line(format_args!(
            "document   {}: {}",
            document.document,
            document.reasons.join("; ")
        ))?;
    }
    match broken.len() {
        0 => Ok(()),
        _ => Err(format!("{} recorded documents are not valid any more", broken.len()).into()),
    }
}
