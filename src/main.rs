//! The program `tributary`: reads the command line and leaves the rest to the library.

// The roots of the schema are nested types, one within the other, and so are the futures that resolve them.
#![recursion_limit = "256"]

use std::process::ExitCode;

use clap::Parser;
use tributary::cli::{Cli, output};

/// A fifth of a request's processor time goes into taking and giving back memory, which this does in half the time.
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
