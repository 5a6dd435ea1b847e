//! The commands and their arguments, some of which are in the modules of their commands. Doc comments are the texts that
//! `--help`, the manual pages and shells show.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::TypedValueParser as _;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::{backtest, config, export, import, reassign, schema, seed, tenant, token};
use crate::config::Flags;
use domain::money::Currency;

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
        direction: Migration,
        /// Revert the newest migration without asking first
        #[arg(long)]
        yes: bool,
    },
    /// Create, change or list tenants.
    #[command(subcommand)]
    Tenant(TenantCommand),
    Token(token::Token),
    Seed(seed::Seed),
    /// Import another product's own JSON, another system's data (partners, customers, events, commissions), or how
    /// payouts ended. Importing the same file again changes nothing.
    Import(ImportArguments),
    Export(export::Export),
    Backtest(backtest::Backtest),
    Reassign(reassign::Reassign),
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

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Migration {
    /// Apply the pending migrations
    Up,
    /// Revert the newest migration, after showing what is lost with it
    Down,
    /// Show which migrations are applied
    Status,
    /// Distribute the rows of a PostgreSQL database over the servers that Citus knows, each tenant's on one of them;
    /// stop the gateways first
    Distribute,
}

#[derive(Subcommand)]
pub(super) enum TenantCommand {
    /// Create a tenant.
    Create {
        /// The short name that tokens use: lower-case letters, digits and hyphens
        #[arg(long)]
        slug: String,
        /// The full name
        #[arg(long)]
        name: String,
        /// The base currency
        #[arg(long, default_value = "EUR")]
        currency: String,
        /// The IANA time zone of its calendar
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// No payout is created below this amount, such as "50 EUR"; once for each currency
        #[arg(long)]
        minimum_payout: Vec<String>,
    },
    /// Change a tenant. What is not given stays as it is.
    Update {
        /// The tenant's slug or id
        tenant: String,
        /// The full name
        #[arg(long)]
        name: Option<String>,
        /// The IANA time zone of its calendar
        #[arg(long)]
        time_zone: Option<String>,
        /// No payout is created below this amount, such as "50 EUR"; once for each currency, replacing all earlier ones
        #[arg(long)]
        minimum_payout: Vec<String>,
        /// Allow payouts of any amount
        #[arg(long, conflicts_with = "minimum_payout")]
        no_minimum_payout: bool,
    },
    /// List the tenants.
    List,
}

/// What is imported, and how.
#[derive(clap::Args)]
pub(super) struct ImportArguments {
    /// What the file contains
    #[arg(value_enum)]
    pub(super) source: ImportSource,
    /// The file to import
    pub(super) file: PathBuf,
    /// The tenant's slug or id
    #[arg(long)]
    pub(super) tenant: String,
    /// What the values of journeybee's rules are where they do not show it: a percent sign or a currency does, and
    /// so does a number over 100, which no percentage is
    #[arg(long, value_enum)]
    pub(super) value_type: Option<ImportedValueType>,
    /// The currency of journeybee's rules or everflow's tiers, which their documents do not state; by default that
    /// of each deal for rules, and the tenant's for tiers
    #[arg(long, value_parser = tenant::currency)]
    pub(super) currency: Option<Currency>,
    /// Only report what would be done, and all problems, by line
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The file's name of one of our columns, such as id="Customer ID"; OURS==VALUE gives all rows this value,
    /// OURS= leaves the column out. COLUMN:THEIRS=OURS says what a value of the file stands for, such as
    /// status:unpaid=APPROVED. Without an equals sign, a TOML file with tables `columns` and `values.COLUMN`
    #[arg(long, value_name = "OURS=THEIRS|COLUMN:THEIRS=OURS|FILE", value_parser = import::map_argument)]
    pub(super) map: Vec<import::MapArgument>,
    /// Numbers in the file are written as 1.234,56
    #[arg(long)]
    pub(super) decimal_comma: bool,
    /// Which sheet of an .xlsx file, counted from 1; by default the first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..).map(usize::from))]
    pub(super) sheet: Option<usize>,
    /// Write nothing if any line has a problem
    #[arg(long)]
    pub(super) all_or_nothing: bool,
    /// Record events so that they earn, instead of importing them as history
    #[arg(long)]
    pub(super) earn: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ImportSource {
    /// Partner groups of Donutwork
    Donutwork,
    /// Commission rules of Journeybee; the objects that they refer to are found by their external ids
    Journeybee,
    /// Tiered commissions of Everflow; offers, affiliates and advertisers are found by their external ids
    Everflow,
    /// Partners: CSV, XLSX or JSON Lines, with the columns of the export
    Partners,
    /// Customers, and which partners brought them
    Customers,
    /// Events as history, which earn nothing; with --earn they are recorded as if they happened now
    Events,
    /// Commissions that were earned elsewhere
    Commissions,
    /// How payouts ended: CSV, XLSX or JSON Lines, with their ids, a status and the payment service's reference
    Settlements,
}

/// What the values of imported rules are.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ImportedValueType {
    /// Amounts
    Fixed,
    /// Percent of the deal's value
    Percentage,
}

/// Parses 90s, 15m, 1h or 7d.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let explain = || "must be a number with its unit: 90s, 15m, 1h or 7d".to_owned();
    let unit = text.chars().last().ok_or_else(explain)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(explain()),
    };
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| explain())?;
    // Maximum of ten years: longer durations are typing errors.
    let longest = 10 * 365 * 24 * 60 * 60;
    match number
        .checked_mul(seconds)
        .filter(|total| (1..=longest).contains(total))
    {
        Some(total) => Ok(Duration::from_secs(total)),
        None => Err(explain()),
    }
}
