//! `tributary schema`.

use super::error::CliError;
use super::output;
use crate::graphql::{sdl, subgraph_sdl};

/// Print the GraphQL schema.
#[derive(clap::Args)]
pub struct Schema {
    /// As a subgraph of Apollo Federation 2, for composition
    #[arg(long)]
    federation: bool,
}

pub fn run(wanted: &Schema) -> Result<(), CliError> {
    output::text(match wanted.federation {
        true => subgraph_sdl(),
        false => sdl(),
    })
}
