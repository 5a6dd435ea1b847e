//! The program `tributary`: reads the command line and leaves the rest to the library.

use std::process::ExitCode;

use clap::Parser;
use tributary::cli::{Cli, output};

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::message(error);
            ExitCode::FAILURE
        }
    }
}
