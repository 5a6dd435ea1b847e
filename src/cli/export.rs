//! `tributary export`.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_graphql::Value;

use super::error::{CliError, bad_usage, left_out};
use super::{open, output};
use crate::config::Config;
use crate::export::{ExportError, ExportKind, Exports, FileFormat, write_down};
use crate::graphql::{BAD_USER_INPUT_CODE, schema_for_validated_documents};
use auth::Caller;

/// Write a list, a statement, or the payments of a payout run to a file or to standard output, all of it as of one
/// moment.
#[derive(clap::Args)]
pub struct Export {
    /// What to export
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(ExportKind::names()))]
    what: String,
    /// The tenant's slug or id
    #[arg(long)]
    tenant: String,
    #[arg(long, value_enum, default_value = "csv")]
    format: FileFormat,
    /// What separates the cells of CSV: a comma, a semicolon, or the word tab
    #[arg(long)]
    separator: Option<String>,
    /// The decimal mark of numbers in CSV: a point or a comma
    #[arg(long)]
    decimal: Option<String>,
    /// Begin CSV with a byte order mark, which some spreadsheet programs need to read UTF-8
    #[arg(long)]
    bom: bool,
    /// The file to write, which appears once it is complete; without it, standard output
    #[arg(long)]
    output: Option<PathBuf>,
    /// Which rows: fields of the list's filter in the API, such as status=PAID,APPROVED
    /// accruedFrom=2026-03-01T00:00:00Z; for a statement partnerId, currency, from and to; for a payout file runId
    #[arg(value_name = "NAME=VALUE")]
    filter: Vec<String>,
}

pub async fn run(config: &Config, wanted: Export) -> Result<(), CliError> {
    let mut given: Vec<_> = wanted.filter.iter().map(|pair| named(pair)).collect::<Result<_, _>>()?;
    let style = [("separator", &wanted.separator), ("decimal", &wanted.decimal)];
    given.extend(style.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?))));
    if wanted.bom {
        given.push(("bom", "true"));
    }
    let kind = ExportKind::named(&wanted.what).ok_or("there is no such export")?;
    if !kind.forms().contains(&wanted.format) {
        let words: Vec<_> = kind.forms().iter().map(|form| form.word()).collect();
        return Err(bad_usage(format!(
            "{} is written with --format {}",
            kind.name(),
            words.join(" or ")
        )));
    }
    let (app, tenant) = open::tenant_app(config, &wanted.tenant).await?;
    let caller = Caller::operator(tenant.id, "export");
    let exports = Arc::new(Exports::new(schema_for_validated_documents()));
    let asked = exports.ask((kind, wanted.format), &caller, given.iter().copied());
    let mut document = asked
        .map_err(readable)?
        .begin(exports, &app, None)
        .await
        .map_err(readable)?;
    write_down(&app, &caller, (kind, wanted.format), &given).await?;
    let bar = output::bar(document.count().await.map_err(readable)?, "rows");
    let mut target = ExportTarget::open(wanted.output.as_deref())?;
    let interrupted = tokio::signal::ctrl_c();
    let written = async {
        loop {
            let piece = document.next().await.map_err(readable)?;
            if !target.write(&piece.text)? || !piece.goes_on {
                return Ok(());
            }
            bar.inc(piece.rows);
        }
    };
    let written: Result<(), CliError> = tokio::select! {
        written = written => written,
        _ = interrupted => Err("interrupted: nothing is exported".into()),
    };
    bar.finish_and_clear();
    written?;
    target.complete()?;
    if !document.left_out().is_empty() {
        for text in document.left_out() {
            output::message(text);
        }
        left_out();
    }
    Ok(())
}

/// The NAME and the VALUE.
fn named(pair: &str) -> Result<(&str, &str), CliError> {
    pair.split_once('=')
        .ok_or_else(|| bad_usage(format!("{pair:?} must be NAME=VALUE, such as status=PAID")))
}

/// An error as text for the terminal.
fn readable(error: ExportError) -> CliError {
    match error {
        ExportError::Wrong(texts) => bad_usage(texts.join("\n")),
        ExportError::Denied(denied) => denied.into(),
        ExportError::Answered(errors) => {
            let texts: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            let is_usage = errors.iter().all(|error| {
                let extensions = error.extensions.as_ref();
                extensions.and_then(|extensions| extensions.get("code")) == Some(&Value::from(BAD_USER_INPUT_CODE))
            });
            match is_usage {
                true => bad_usage(texts.join("\n")),
                false => texts.join("\n").into(),
            }
        }
        ExportError::Store(error) => error.into(),
        error @ ExportError::Workbook(_) => error.to_string().into(),
    }
}

/// The destination of an export.
enum ExportTarget {
    Output,
    File(PartialFile),
}

/// A file under a temporary name until it is complete. Dropping it earlier removes it.
struct PartialFile {
    path: PathBuf,
    becomes: PathBuf,
    file: BufWriter<File>,
    is_whole: bool,
}

impl ExportTarget {
    fn open(path: Option<&Path>) -> Result<Self, CliError> {
        Ok(match path {
            None => Self::Output,
            Some(path) => Self::File(PartialFile::beside(path)?),
        })
    }

    /// Returns whether the reader wants more.
    fn write(&mut self, text: &[u8]) -> Result<bool, CliError> {
        let written = match self {
            Self::Output => std::io::stdout().lock().write_all(text),
            Self::File(part) => part.file.write_all(text),
        };
        match written {
            Ok(()) => Ok(true),
            // The reader has stopped early, as `| head` does.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn complete(self) -> Result<(), CliError> {
        match self {
            Self::Output => match std::io::stdout().lock().flush() {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
                Ok(()) | Err(_) => Ok(()),
            },
            Self::File(part) => part.complete(),
        }
    }
}

impl PartialFile {
    fn beside(becomes: &Path) -> Result<Self, CliError> {
        let name = becomes.file_name().ok_or("--output must name a file")?;
        let hidden = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let path = becomes.with_file_name(hidden);
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(|error| format!("cannot write {}: {error}", becomes.display()))?;
        Ok(Self {
            path,
            becomes: becomes.to_owned(),
            file: BufWriter::new(file),
            is_whole: false,
        })
    }

    fn complete(mut self) -> Result<(), CliError> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        std::fs::rename(&self.path, &self.becomes)?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
