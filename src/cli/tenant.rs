//! `tributary tenant`.

use clap::Subcommand;

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use auth::Caller;
use domain::money::{Currency, parse_decimal};
use domain::problem::{Fault, Patch};
use domain::tenant::Tenant;
use service::tenant::{NewTenant, TenantChange, create, update};

#[derive(Subcommand)]
pub enum TenantCommand {
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

pub async fn run(config: &Config, command: TenantCommand) -> Result<(), CliError> {
    let app = open::app(config, open::no_keys(config)?).await?;
    match command {
        TenantCommand::Create {
            slug,
            name,
            currency,
            time_zone,
            minimum_payout,
        } => {
            let minimum_payouts = amounts(&minimum_payout)?;
            let base_currency = self::currency(&currency)?;
            let tenant = NewTenant {
                slug,
                name,
                base_currency,
                time_zone,
                minimum_payouts,
            };
            let tenant = create(&app, tenant).await.map_err(open::readable)?;
            output::line(format_args!("{} {}", tenant.id, tenant.slug))?;
        }
        TenantCommand::Update {
            tenant,
            name,
            time_zone,
            minimum_payout,
            no_minimum_payout,
        } => {
            let tenant = open::tenant(&app, &tenant).await?;
            let change = TenantChange {
                name: kept_unless(name),
                time_zone: kept_unless(time_zone),
                minimum_payouts: match minimum_payout.is_empty() {
                    _ if no_minimum_payout => Patch::Clear,
                    true => Patch::Keep,
                    false => Patch::Set(amounts(&minimum_payout)?),
                },
                tracking_origins: Patch::Keep,
            };
            let caller = Caller::operator(tenant.id, "tenant").doing("tenant update");
            print(&update(&app, &caller, change).await.map_err(open::readable)?)?;
        }
        TenantCommand::List => {
            for tenant in store::tenant::list(app.store.reader()).await? {
                print(&tenant)?;
            }
        }
    }
    Ok(())
}

fn print(tenant: &Tenant) -> Result<(), CliError> {
    let minimums = tenant.minimum_payouts.iter().map(|minimum| format!(" >={minimum}"));
    output::line(format_args!(
        "{} {} {} {}{} {}",
        tenant.id,
        tenant.slug,
        tenant.base_currency,
        tenant.time_zone,
        minimums.collect::<String>(),
        tenant.name
    ))
}

fn kept_unless(given: Option<String>) -> Patch<String> {
    given.map_or(Patch::Keep, Patch::Set)
}

fn amounts(texts: &[String]) -> Result<Vec<(rust_decimal::Decimal, Currency)>, CliError> {
    texts.iter().map(|text| amount(text)).collect()
}

pub(super) fn currency(code: &str) -> Result<Currency, CliError> {
    Currency::parse(code).map_err(|Fault(_, message)| format!("the currency {message}").into())
}

/// Parses "50 EUR".
fn amount(text: &str) -> Result<(rust_decimal::Decimal, Currency), CliError> {
    let (number, code) = text
        .trim()
        .split_once(' ')
        .ok_or("a minimum payout is an amount and a currency: \"50 EUR\"")?;
    let number = parse_decimal(number).map_err(|Fault(_, message)| format!("the minimum payout {message}"))?;
    Ok((number, currency(code.trim())?))
}
