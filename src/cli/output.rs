//! Results on standard output. A reader that stops early (`tributary schema | head -1`) is no error: the rest of the
//! output is dropped, and the command runs to its end and its exit code.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::error::CliError;

/// Writes a result as it is.
pub fn text(result: impl Display) -> Result<(), CliError> {
    written(write!(std::io::stdout().lock(), "{result}"))
}

/// Writes a result and a line end.
pub fn line(result: impl Display) -> Result<(), CliError> {
    written(writeln!(std::io::stdout().lock(), "{result}"))
}

/// Writes a message for the person at the terminal, and ignores a terminal that is gone.
pub fn message(message: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "tributary: {message}");
}

/// A progress bar on standard error, shown only if that is a terminal.
pub fn bar(length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = format!("{{wide_bar}} {{human_pos}}/{{human_len}} {what}, {{eta}} left");
    bar.set_style(ProgressStyle::with_template(&style).expect("a constant template"));
    bar
}

/// A progress bar for the bytes of a file, on standard error, shown only if that is a terminal.
pub fn bytes_bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = "{wide_bar} {decimal_bytes}/{decimal_total_bytes}, {eta} left";
    bar.set_style(ProgressStyle::with_template(style).expect("a constant template"));
    bar
}

fn written(result: std::io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
