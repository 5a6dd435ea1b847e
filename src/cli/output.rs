//! Results on standard output. A reader that has seen enough (`tributary schema | head -1`) is no fault: what it no longer
//! reads is dropped, and the command goes on to its end and its exit code.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use super::CliError;

/// Writes a result as it is.
pub fn text(result: impl Display) -> Result<(), CliError> {
    written(write!(std::io::stdout().lock(), "{result}"))
}

/// Writes a result and ends its line.
pub fn line(result: impl Display) -> Result<(), CliError> {
    written(writeln!(std::io::stdout().lock(), "{result}"))
}

/// Writes a message for the person at the terminal, whether or not there is still one.
pub fn message(message: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "tributary: {message}");
}

fn written(result: std::io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
