//! The program `tributary`: reads the command line and leaves the rest to the library.

use std::process::ExitCode;

use clap::Parser;
use tributary::cli::{Cli, output};

/// Faster than the system's where many small values come and go, as in every answer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
