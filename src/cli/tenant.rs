//! `tributary tenant`.

use super::{CliError, TenantCommand, open, output};
use crate::config::Config;
use crate::domain::money::{Currency, parse_decimal};
use crate::domain::problem::Fault;
use crate::service::tenant::{NewTenant, create};
use crate::store;

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
            let minimum_payouts = minimum_payout
                .iter()
                .map(|text| amount(text))
                .collect::<Result<_, _>>()?;
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
        TenantCommand::List => {
            for tenant in store::tenant::list(app.store.reader()).await? {
                output::line(format_args!(
                    "{} {} {} {} {}",
                    tenant.id, tenant.slug, tenant.base_currency, tenant.time_zone, tenant.name
                ))?;
            }
        }
    }
    Ok(())
}

pub(super) fn currency(code: &str) -> Result<Currency, CliError> {
    Currency::parse(code).map_err(|Fault(_, message)| format!("the currency {message}").into())
}

/// Reads "50 EUR".
fn amount(text: &str) -> Result<(rust_decimal::Decimal, Currency), CliError> {
    let (number, code) = text
        .trim()
        .split_once(' ')
        .ok_or("a minimum payout is an amount and a currency: \"50 EUR\"")?;
    let number = parse_decimal(number).map_err(|Fault(_, message)| format!("the minimum payout {message}"))?;
    Ok((number, currency(code.trim())?))
}
