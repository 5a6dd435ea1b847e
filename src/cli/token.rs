//! `tributary token`.

use std::time::Duration;

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use auth::{Permission, Permissions, Scope};
use domain::id::PartnerId;
use service::audit::token_issued;
use service::token::mint;

/// Print a signed token.
#[derive(clap::Args)]
pub struct Token {
    /// The tenant's slug or id
    #[arg(long)]
    tenant: String,
    /// Its scopes, separated by spaces, such as "partners:read campaigns:read"
    #[arg(long, default_value = "admin")]
    scope: String,
    /// Bind it to this partner's id: it then reads only what is the partner's
    #[arg(long)]
    partner: Option<String>,
    /// How long it is valid: 90s, 15m, 1h or 7d
    #[arg(long, default_value = "1h", value_parser = duration)]
    ttl: Duration,
}

pub async fn run(config: &Config, wanted: &Token) -> Result<(), CliError> {
    let scope = &wanted.scope;
    if let Some(unknown) = scope.split_whitespace().find(|name| Permission::parse(name).is_none()) {
        return Err(format!("{unknown:?} is not a scope: they are admin, partners:read, partners:write, ...").into());
    }
    let keys = open::keys(config)?;
    if !keys.can_mint() {
        return Err("no key to sign with: set --jwt-private-key (TRIBUTARY_JWT_PRIVATE_KEY) beside --jwt-public-key, or --jwt-secret".into());
    }
    let app = open::app(config, keys).await?;
    let tenant = open::tenant(&app, &wanted.tenant).await?;
    let (subject, rows) = match &wanted.partner {
        None => ("operator".to_owned(), Scope::tenant_wide(tenant.id)),
        Some(text) => {
            let id: PartnerId = text.parse().map_err(|error| format!("the partner's id {error}"))?;
            let rows = Scope::of_partner(tenant.id, id);
            let found = store::partner::find(app.store.reader(), &rows, id).await?;
            let found = found.ok_or_else(|| format!("the tenant {} has no partner {id}", tenant.slug))?;
            if !found.status.may_sign_in() {
                let status = found.status.as_str().to_lowercase();
                output::message(format_args!(
                    "warning: the partner {id} is {status}: this token is refused, and stays so if the partner is reinstated"
                ));
            }
            (id.to_string(), rows)
        }
    };
    let permissions = Permissions::parse(scope);
    let issued = mint(&app, &subject, &rows, permissions, wanted.ttl);
    token_issued(&app, "token", &rows, permissions, issued.expires_at).await?;
    output::line(issued.token)
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
