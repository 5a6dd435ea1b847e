//! The command line. Results go to standard output, logs to standard error; exit codes are 0 done, 1 failed, 2 bad
//! usage, 3 done but for what was left out.

mod arguments;
mod backtest;
mod config;
mod demo;
mod doctor;
mod erase;
mod error;
mod export;
mod files;
mod healthcheck;
mod import;
mod migrate;
mod open;
pub mod output;
mod reassign;
mod run;
mod schema;
mod seed;
mod serve;
mod tenant;
mod token;
mod verify;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

pub use arguments::Cli;
use error::{BadUsage, CliError};

/// Runs the command of the command line, and prints what went wrong.
pub fn main() -> ExitCode {
    let command = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::from)
        .and_then(|runtime| runtime.block_on(command.run()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast::<BadUsage>() {
            Ok(wrong) => Cli::command().error(ErrorKind::ArgumentConflict, wrong).exit(),
            Err(error) => {
                output::message(error);
                ExitCode::FAILURE
            }
        },
    }
}

#[cfg(test)]
mod tests;
