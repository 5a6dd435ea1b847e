//! The commands and their arguments, most of which are in the modules of their commands. Doc comments are the texts that
//! `--help`, the manual pages and shells show.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::{backtest, config, erase, export, import, migrate, reassign, schema, seed, tenant, token};
use crate::config::Flags;

/// A GraphQL gateway for partner programmes.
#[derive(Parser)]
#[command(name = "tributary", version, about)]
pub struct Cli {
    #[command(flatten)]
    pub(super) flags: Flags,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run the gateway, after bringing the database up to date.
    #[command(after_long_help = crate::config::SETTINGS)]
    Serve {
        /// Needs no other setting: generates a secret, fills the tenant `demo`, prints an address and tokens
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database's schema up to date, revert the newest migration, show which are applied, or distribute the
    /// rows of tenants over several servers.
    Migrate {
        #[arg(value_enum, default_value = "up")]
        direction: migrate::Migration,
        /// Revert the newest migration without asking first
        #[arg(long)]
        yes: bool,
    },
    /// Create, change or list tenants.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    Token(token::Token),
    Seed(seed::Seed),
    /// Import another product's own JSON, another system's data (partners, customers, events, commissions), or how
    /// payouts ended. Importing the same file again changes nothing.
    Import(import::ImportArguments),
    Export(export::Export),
    Backtest(backtest::Backtest),
    Reassign(reassign::Reassign),
    Erase(erase::Erase),
    /// Check whether a running gateway can serve; exit with 1 if not. For containers, which then need no curl.
    Healthcheck {
        /// Its address, up to the path; by default that of --listen on this machine
        #[arg(long)]
        url: Option<String>,
    },
    Schema(schema::Schema),
    /// Check the settings, the database, its disk, the clock, the keys and GraphiQL's files, and report what is wrong
    /// and how to fix it; exit with 1 if anything is wrong.
    Doctor {
        /// Report it as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show and check the settings.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print shell completions.
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, for `man -l`.
    Man {
        /// Write it to this folder instead, with a page for each command, such as tributary-export.1
        #[arg(long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Recompute the ledger and check that everything in it agrees; exit with 1 if not.
    Verify {
        /// The tenant's slug or id; without it, all tenants
        #[arg(long)]
        tenant: Option<String>,
        /// Check only what has changed since a run with this file, and what that run did not reach. What is found to be
        /// right is recorded in the file; if there is no such file, it is created, and everything is checked
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
}
