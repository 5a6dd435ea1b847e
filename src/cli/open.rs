//! What most commands start with: the database, the keys, the tenant.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::error::CliError;
use crate::config::Config;
use auth::{Issuers, Keys, SealingKeys};
use domain::tenant::Tenant;
use domain::webhook::address::AddressPolicy;
use outgoing::{Authorities, DnsResolver, Outgoing};
use service::ServiceError;
use service::app::App;
use service::clock::Clock;
use service::tracking::Tracking;
use service::webhook::Webhooks;
use store::{Store, StoreError, StoreOptions};
use telemetry::metrics::Metrics;

/// Opens and migrates the database.
pub async fn app(config: &Config, keys: Keys) -> Result<App, CliError> {
    migrated(config, store(config).await?, keys).await
}

/// The same for a program that reads the whole database and does nothing else: it maps SQLite's file into memory, and
/// so does not survive a failing disk.
pub async fn checking_app(config: &Config, keys: Keys) -> Result<App, CliError> {
    let options = StoreOptions {
        mapped: true,
        ..config.store.clone()
    };
    migrated(config, connected(&options).await?, keys).await
}

/// Opens the database; errors name it, and say what to try.
pub async fn store(config: &Config) -> Result<Store, CliError> {
    connected(&config.store).await
}

async fn connected(options: &StoreOptions) -> Result<Store, CliError> {
    let url = &options.url;
    store::connect(options).await.map_err(|error| match place(url) {
        Some((place, hint)) if !matches!(error, StoreError::Url(_)) => {
            format!("cannot use {place}: {error}\n{hint}").into()
        }
        _ => error.into(),
    })
}

/// The database that a URL names, without credentials, and a hint for when it does not answer.
fn place(url: &str) -> Option<(String, &'static str)> {
    if let Some(file) = sqlite_file(url) {
        let hint = "does its folder exist, may this user write there, and does the URL end with ?mode=rwc where the file is \
                    still to be made?";
        return Some((format!("the database file {file}"), hint));
    }
    let urls: Vec<_> = store::each_host(url)
        .iter()
        .filter_map(|url| Url::parse(url).ok())
        .collect();
    let places = urls.iter().map(|url| {
        let (host, port) = (url.host_str().unwrap_or("localhost"), url.port().unwrap_or(5432));
        format!("{host}:{port}")
    });
    let places = places.collect::<Vec<_>>().join(", ");
    let name = urls.first()?.path().trim_start_matches('/');
    let hint = "is PostgreSQL running there, do the user and the password of the URL hold, and does the database exist \
                (createdb)?";
    Some((format!("the database {name:?} of PostgreSQL on {places}"), hint))
}

/// The same for a server: a SQLite file that was not closed properly is checked first, and the log names slow
/// statements.
pub async fn sound_app(config: &Config, keys: Keys) -> Result<App, CliError> {
    let mut store = store(config).await?;
    store.log_slow(config.http.slow.statement());
    let faults = store::integrity::faults_after_crash(&store).await?;
    if faults.is_empty() {
        return migrated(config, store, keys).await;
    }
    let faults = faults.join("\n");
    Err(
        format!("the database file is damaged: restore it from a copy, or see what `tributary verify` says\n{faults}")
            .into(),
    )
}

async fn migrated(config: &Config, store: Store, keys: Keys) -> Result<App, CliError> {
    let applied = store::migrate(&store).await?;
    if applied > 0 {
        tracing::info!(applied, "brought the database up to date");
    }
    let app = App::new(store, Clock::System, keys)
        .with_latest_occurrence(config.latest_occurrence)
        .with_credential_limits(config.credentials)
        .with_tracking(Tracking::new(config.tracking));
    let issuers = issuers(config, &app.metrics)?;
    Ok(app.with_issuers(issuers).with_webhooks(webhooks(config)?))
}

/// The configured issuers, whose keys have not been fetched yet.
pub fn issuers(config: &Config, metrics: &Metrics) -> Result<Issuers, CliError> {
    let policy = AddressPolicy {
        // Keys fetched over plain http could be replaced by anybody, in production or not.
        production: true,
        allowed: config.issuer_networks.clone(),
    };
    let fetching = &config.issuer_keys;
    let timeout = Duration::from_secs(fetching.answer_seconds.into());
    let outgoing = outgoing(config, policy, timeout)?;
    let own = &config.jwt_issuer;
    Ok(Issuers::new(&config.issuers, fetching, own, &outgoing, metrics)?)
}

/// The settings of webhooks. Without configured keys, secrets are encrypted with a publicly known one, or in production
/// there are no webhooks.
fn webhooks(config: &Config) -> Result<Webhooks, CliError> {
    let (settings, production) = (&config.webhooks, config.http.production);
    let keys = match &settings.keys {
        Some(keys) => Some(SealingKeys::parse(keys)?),
        None if production => None,
        None => Some(SealingKeys::development()),
    };
    let policy = AddressPolicy {
        production,
        allowed: settings.allowed_networks.clone(),
    };
    Ok(Webhooks {
        keys: keys.map(Arc::new),
        outgoing: outgoing(config, policy, settings.answer)?,
        at_once: settings.at_once,
        keep_outbox: settings.keep_outbox,
        ..Webhooks::default()
    })
}

/// For requests to addresses that the operator names.
pub fn outgoing_of_operator(config: &Config, timeout: Duration) -> Result<Outgoing, CliError> {
    outgoing(config, AddressPolicy::of_operator(), timeout)
}

fn outgoing(config: &Config, policy: AddressPolicy, timeout: Duration) -> Result<Outgoing, CliError> {
    let authorities = Authorities::with_file(config.outgoing_ca_file.as_deref())?;
    let resolver = Arc::new(DnsResolver::new(config.dns.clone()));
    Ok(Outgoing::new(policy, resolver, timeout, &authorities).with_tenant_lookups(config.tenant_lookups))
}

/// The configured keys; without any, none if other issuers are configured, or else those of the demo if it has any.
pub fn keys(config: &Config) -> Result<Keys, CliError> {
    let (issuer, audience) = (&config.jwt_issuer, &config.jwt_audience);
    match (&config.jwt_public_key, &config.jwt_private_key) {
        (Some(_), _) if config.jwt_secret.is_some() => {
            return Err("set either --jwt-secret or --jwt-public-key, not both".into());
        }
        (Some(public), private) => return Ok(Keys::from_files(public, private.as_deref(), issuer, audience)?),
        (None, Some(_)) => return Err("--jwt-private-key needs the --jwt-public-key that belongs to it".into()),
        (None, None) => {}
    }
    let secret = match &config.jwt_secret {
        Some(secret) => secret.clone(),
        None if !config.issuers.is_empty() => return Ok(Keys::none()),
        None => std::fs::read_to_string(demo_secret_file(config))
            .map_err(|_| "no key for tokens: set --jwt-secret (TRIBUTARY_JWT_SECRET) to at least 32 bytes, --jwt-public-key to a file or --oidc-issuer to an identity provider, or try `serve --demo`")?,
    };
    keys_of_secret(config, &secret)
}

fn keys_of_secret(config: &Config, secret: &str) -> Result<Keys, CliError> {
    let (issuer, audience) = (&config.jwt_issuer, &config.jwt_audience);
    Ok(Keys::from_secret(secret.trim().as_bytes(), issuer, audience)?)
}

/// Keys for commands that neither sign nor check tokens.
pub fn no_keys(config: &Config) -> Result<Keys, CliError> {
    Ok(Keys::from_secret(
        random_secret()?.as_bytes(),
        &config.jwt_issuer,
        &config.jwt_audience,
    )?)
}

/// The configured keys, or else those of the demo, generated if they do not exist.
pub fn demo_keys(config: &Config) -> Result<Keys, CliError> {
    if config.jwt_secret.is_some() || config.jwt_public_key.is_some() {
        return keys(config);
    }
    let file = demo_secret_file(config);
    if !file.exists() {
        write_secret(&file, &random_secret()?)?;
    }
    keys_of_secret(config, &std::fs::read_to_string(file)?)
}

/// The file that a URL of SQLite names.
pub fn sqlite_file(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    path.split('?').next()
}

/// The demo's secret is in a file beside its database.
fn demo_secret_file(config: &Config) -> PathBuf {
    let file = sqlite_file(&config.store.url).filter(|path| !path.is_empty() && *path != ":memory:");
    PathBuf::from(format!("{}.jwt-secret", file.unwrap_or("tributary-demo")))
}

fn random_secret() -> Result<String, CliError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system's random number generator failed: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Writes a file that only its owner may read.
fn write_secret(file: &PathBuf, secret: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(secret.as_bytes())
}

/// The tenant that the command is about.
pub async fn tenant(app: &App, name: &str) -> Result<Tenant, CliError> {
    let tenant = store::tenant::find_by_name(app.store.reader(), name).await?;
    Ok(tenant.ok_or_else(|| format!("there is no tenant {name:?}: `tributary tenant list` shows them"))?)
}

/// The database and a tenant, for commands that neither sign nor check tokens.
pub async fn tenant_app(config: &Config, tenant: &str) -> Result<(App, Tenant), CliError> {
    let app = app(config, no_keys(config)?).await?;
    let tenant = self::tenant(&app, tenant).await?;
    Ok((app, tenant))
}

/// A service's error as text for the terminal.
pub fn readable(error: ServiceError) -> CliError {
    match error {
        ServiceError::Rejected(problems) => {
            let lines: Vec<_> = problems.into_iter().map(|problem| problem.message).collect();
            lines.join("\n").into()
        }
        ServiceError::Denied(denied) => denied.into(),
        ServiceError::Store(error) => error.into(),
        ServiceError::Repeated(_) => "it was done before".into(),
    }
}
