//! How commands fail.

/// An error with a message for the person at the terminal.
pub type CliError = Box<dyn std::error::Error + Send + Sync>;

/// The arguments contradict each other, or mean nothing. The program then exits with 2, and says how it is used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadUsage(pub String);

/// The error that says what is wrong with the arguments.
pub fn bad_usage(message: impl Into<String>) -> CliError {
    BadUsage(message.into()).into()
}

/// Exits with 3: the command is done, and has said what it left out.
pub fn left_out() -> ! {
    std::process::exit(3)
}
