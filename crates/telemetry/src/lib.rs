//! Logs and traces. Logs go to standard error, for people or as JSON lines; traces go to a collector if one is
//! configured. Neither contains tokens, documents or variables.

mod current_document;
mod export;
mod filter;
pub mod metrics;
mod spans;

use std::io::IsTerminal;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

pub use current_document::{CurrentDocument, asked, asking};
pub use export::{SpanExport, SpanExportError, TIMEOUT as SPAN_EXPORT_TIMEOUT};
pub use filter::LogFilter;
pub use spans::{batch, end_request, operation, request, trace_id};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Starts logging, on terminals with `colours` if they are wanted. With `export`, spans are exported as well, whatever
/// is logged.
pub fn start(format: LogFormat, filter: &LogFilter, colours: bool, export: Option<&SpanExport>) {
    let filter = EnvFilter::from(filter);
    let finest = filter.max_level_hint().unwrap_or(LevelFilter::TRACE);
    match export {
        // A single filter for everything is cheaper than one for each layer.
        None => tracing_subscriber::registry()
            .with(without_secrets(finest))
            .with(filter)
            .with(lines(format, colours))
            .init(),
        Some(export) => tracing_subscriber::registry()
            .with(without_secrets(LevelFilter::TRACE))
            .with(lines(format, colours).with_filter(filter))
            .with(export.layer())
            .init(),
    }
}

/// Hides, whatever the filter says, SeaORM's finer log lines about connecting: they quote the database's address, which
/// contains the password. Also hides PostgreSQL's notices, such as that a table already exists, which the user of a
/// command would take for a mistake, and the single steps of a migration unless details are wanted: how many there were
/// is told in one line. Ignores everything finer than `finest`.
fn without_secrets(finest: LevelFilter) -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    let shown = move |metadata: &Metadata<'_>| {
        let (level, target) = (*metadata.level(), metadata.target());
        let is_secret = level > Level::INFO && target.starts_with("sea_orm");
        let is_remark = level > Level::WARN && target == "sqlx::postgres::notice";
        let is_step = level > Level::WARN && finest <= LevelFilter::INFO && target.starts_with("sea_orm_migration");
        level <= finest && !is_secret && !is_remark && !is_step
    };
    filter_fn(shown).with_max_level_hint(finest)
}

fn lines<S>(format: LogFormat, colours: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    // Colours are for people; a file or an orchestrator stores what it is given.
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(colours && std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Pretty => lines.compact().boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}
