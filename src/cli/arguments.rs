//! The commands and what they take. These texts are what `--help`, the manual pages and shells show.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::{import, reassign, tenant};
use crate::config::Flags;
use crate::export::ExportKind;
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
    /// Run the gateway. Brings the database up to date first.
    #[command(after_long_help = crate::config::SETTINGS)]
    Serve {
        /// Needs nothing else: makes a secret, fills the tenant `demo`, prints an address and tokens
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database's schema up to date, take the newest change back, show what is applied, or spread the rows of tenants
    /// over several servers.
    Migrate {
        #[arg(value_enum, default_value = "up")]
        direction: Migration,
        /// Take back the newest change without asking first
        #[arg(long)]
        yes: bool,
    },
    /// Create, change or list tenants.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Print a signed token.
    Token {
        /// The tenant's slug or id
        #[arg(long)]
        tenant: String,
        /// What it allows, separated by spaces, such as "partners:read campaigns:read"
        #[arg(long, default_value = "admin")]
        scope: String,
        /// Bind it to this partner's id: it then only reads what is the partner's
        #[arg(long)]
        partner: Option<String>,
        /// How long it is good: 90s, 15m, 1h or 7d
        #[arg(long, default_value = "1h", value_parser = duration)]
        ttl: Duration,
    },
    /// Fill a tenant with made-up data, the same for the same numbers.
    Seed {
        /// The tenant's slug or id
        #[arg(long)]
        tenant: String,
        /// How many partners
        #[arg(long, default_value_t = 100)]
        partners: u32,
        /// How many campaigns
        #[arg(long, default_value_t = 10)]
        campaigns: u32,
        /// How many commissions, earned by the made-up partners up to now
        #[arg(long, default_value_t = 0)]
        commissions: u64,
        /// Where the made-up data starts; another number gives other data
        #[arg(long, default_value_t = 1)]
        rng_seed: u64,
    },
    /// Bring in another product's own JSON, what another system knew (partners, customers, events, commissions), or how
    /// payouts ended. A second import of the same file changes nothing.
    Import {
        /// What it is
        #[arg(value_enum)]
        source: ImportSource,
        /// The file
        file: PathBuf,
        /// The tenant's slug or id
        #[arg(long)]
        tenant: String,
        /// What those values of journeybee's rules are that do not tell: not by a percent sign or a currency, nor by being
        /// over 100, which no percentage is
        #[arg(long, value_enum)]
        value_type: Option<ImportedValueType>,
        /// The currency of journeybee's rules or everflow's tiers, which their documents do not say; by default that of
        /// each deal, and the tenant's
        #[arg(long, value_parser = tenant::currency)]
        currency: Option<Currency>,
        /// Only say what would be done, and everything that is wrong, by line
        #[arg(long)]
        dry_run: bool,
        /// What the file calls a column of ours, such as id="Customer ID"; OURS==VALUE for a value that all rows have, OURS=
        /// for a column to be left out
        #[arg(long, value_name = "OURS=THEIRS", value_parser = import::column)]
        map: Vec<(String, String)>,
        /// Write nothing where any line is wrong
        #[arg(long)]
        all_or_nothing: bool,
        /// Record events and let them earn, instead of bringing them in as history
        #[arg(long)]
        earn: bool,
    },
    /// Write a list, a statement, or a payout run's payments to a file or to standard output, as they are at one moment.
    Export {
        /// What to write
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(ExportKind::names()))]
        what: String,
        /// The tenant's slug or id
        #[arg(long)]
        tenant: String,
        #[arg(long, value_enum, default_value = "csv")]
        format: ExportFormat,
        /// The file to write, which is there once it is whole; without it, standard output
        #[arg(long)]
        output: Option<PathBuf>,
        /// Which rows: fields of the list's filter in the API, such as status=PAID,APPROVED
        /// accruedFrom=2026-03-01T00:00:00Z; of a statement partnerId, currency, from and to; of a payout file runId
        #[arg(value_name = "NAME=VALUE")]
        filter: Vec<String>,
    },
    /// Work out what other rules would have cost, on what was recorded; nothing of the ledger is touched.
    Backtest {
        /// The backtest as the API's CreateBacktestInput, in JSON
        file: PathBuf,
        /// The tenant's slug or id
        #[arg(long)]
        tenant: String,
        /// Show both sides of this event, by its id or external id
        #[arg(long, value_name = "EVENT")]
        explain: Option<String>,
    },
    /// Correct whose customer it was: bind it to another partner, or to nobody, and move its recorded events.
    Reassign(reassign::Reassign),
    /// Ask a running gateway whether it can serve; exit with 1 if not. For containers, which then need no curl.
    Healthcheck {
        /// Its address, up to the path; by default that of --listen on this machine
        #[arg(long)]
        url: Option<String>,
    },
    /// Print the GraphQL schema, or what is different from another one.
    Schema {
        /// As a subgraph of Apollo Federation 2, for composition
        #[arg(long)]
        federation: bool,
        /// A file with an earlier schema: say what has changed since, and fail if that breaks clients
        #[arg(long, value_name = "OLD")]
        diff: Option<PathBuf>,
        /// Documents that clients send, as a manifest of persisted documents: say which of them that breaks, and fail only
        /// then
        #[arg(long, alias = "documents", value_name = "MANIFEST", requires = "diff")]
        operations: Option<PathBuf>,
        /// Say what has changed as one JSON object
        #[arg(long, requires = "diff")]
        json: bool,
    },
    /// Say what is wrong with the settings, the database, its disk, the clock, the keys or GraphiQL's files, and how to mend
    /// it; exit with 1 if anything is wrong.
    Doctor {
        /// Say it as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print what completes this command line in a shell.
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, for `man -l`.
    Man {
        /// Write it into this folder instead, with a page for each command, such as tributary-export.1
        #[arg(long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Re-add the ledger and say whether everything in it holds; exit with 1 if not.
    Verify {
        /// The tenant's slug or id; without it, all tenants
        #[arg(long)]
        tenant: Option<String>,
        /// Only what has changed since a run with this file found it to hold, and what that run did not get to. What holds is
        /// noted in it; where it is missing it is made, and everything is looked at
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Migration {
    /// Apply what is missing
    Up,
    /// Take the newest one back, after saying what is lost with it
    Down,
    /// Show which are applied
    Status,
    /// Spread the rows of a PostgreSQL database over the servers that Citus knows, tenants side by side; stop the gateways
    /// first
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
        /// No payout below it, such as "50 EUR"; once for each currency
        #[arg(long)]
        minimum_payout: Vec<String>,
    },
    /// Change a tenant. What is not named stays.
    Update {
        /// The tenant's slug or id
        tenant: String,
        /// The full name
        #[arg(long)]
        name: Option<String>,
        /// The IANA time zone of its calendar
        #[arg(long)]
        time_zone: Option<String>,
        /// No payout below it, such as "50 EUR"; once for each currency, instead of all that were set
        #[arg(long)]
        minimum_payout: Vec<String>,
        /// Payouts of any amount
        #[arg(long, conflicts_with = "minimum_payout")]
        no_minimum_payout: bool,
    },
    /// List the tenants.
    List,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ImportSource {
    /// Partner groups of Donutwork
    Donutwork,
    /// Commission rules of Journeybee; what they refer to is found by its external ids
    Journeybee,
    /// Tiered commissions of Everflow; offers, affiliates and advertisers are found by their external ids
    Everflow,
    /// Partners: CSV or JSON Lines, with the columns of the export
    Partners,
    /// Customers, and who brought them
    Customers,
    /// Events as history, which earns nothing; with --earn as if they happened now
    Events,
    /// Commissions that were earned elsewhere
    Commissions,
    /// How payouts ended: a CSV file with their ids, a status and the payment service's reference
    Settlements,
}

impl ImportSource {
    /// What each row of the file stands for, for sources that are files of rows.
    pub(super) fn kind(self) -> Option<::import::moving_in::FileKind> {
        use ::import::moving_in::FileKind;
        match self {
            Self::Partners => Some(FileKind::Partners),
            Self::Customers => Some(FileKind::Customers),
            Self::Events => Some(FileKind::Events),
            Self::Commissions => Some(FileKind::Commissions),
            Self::Donutwork | Self::Journeybee | Self::Everflow | Self::Settlements => None,
        }
    }
}

/// How exports are written.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ExportFormat {
    /// Comma-separated values (RFC 4180) with a header row
    Csv,
    /// A JSON object a line
    Jsonl,
    /// The payments of a run as PayPal Payouts takes them
    Paypal,
    /// The payments of a run as Wise's batch payments take them
    Wise,
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
