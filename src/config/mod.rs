//! Settings: flags win over the environment, the environment over an optional TOML file, that over the defaults.

mod bounds;
mod environment;
mod error;
mod file;
mod flags;
mod issuer_flags;
mod malformed;
mod production;
mod read;
mod schema;
mod sections;
mod show;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::http::{CorsSection, HttpOptions};
use auth::{IssuerSettings, KeyFetching};
use domain::attribution::destination::origin;
use domain::webhook::address::Network;
pub use error::ConfigError;
pub use flags::Flags;
use flags::{DEFAULT_DATABASE_URL, DEFAULT_LISTEN, DEFAULT_PARTY};
use outgoing::DnsSettings;
pub use production::{refusals, weakness};
use read::read;
pub use schema::schema;
use service::app::CredentialLimits;
use service::tracking::TrackingSettings;
pub use show::show;
use store::{ShareOptions, StoreOptions};
use telemetry::{LogFilter, LogFormat};

/// What the settings file may hold, with the defaults.
pub const SETTINGS: &str = include_str!("../settings.toml");

/// The settings of webhooks.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// `None`: in production there are no webhooks, and elsewhere their secrets are encrypted with a publicly known
    /// key.
    pub keys: Option<String>,
    pub allowed_networks: Vec<Network>,
    pub at_once: usize,
    pub answer: Duration,
    pub keep_outbox: Duration,
}

/// All settings, ready for use.
#[derive(Clone, Debug)]
pub struct Config {
    pub store: StoreOptions,
    /// How far in the future an event may occur.
    pub latest_occurrence: Duration,
    pub listen: SocketAddr,
    /// The origin at which the world finds the gateway; `None`: it was not said.
    pub public_url: Option<String>,
    /// `None`, and neither a public key nor an issuer: only the secret of `serve --demo` is left.
    pub jwt_secret: Option<String>,
    pub jwt_public_key: Option<PathBuf>,
    /// `None`: tokens are signed elsewhere, unless there is a secret.
    pub jwt_private_key: Option<PathBuf>,
    pub jwt_issuer: String,
    pub jwt_audience: String,
    /// Issuers whose tokens are accepted in addition to those of the keys above, by their names in the settings.
    pub issuers: BTreeMap<String, IssuerSettings>,
    pub issuer_keys: KeyFetching,
    /// Networks in which their keys may be fetched, in addition to the public internet.
    pub issuer_networks: Vec<Network>,
    /// How many API keys and tokens a tenant may have.
    pub credentials: CredentialLimits,
    pub http: HttpOptions,
    pub log_format: LogFormat,
    pub log: LogFilter,
    pub colours: bool,
    /// `None`: metrics are served beside the API, or not at all in production.
    pub metrics_listen: Option<SocketAddr>,
    /// `None`: no traces.
    pub otlp_endpoint: Option<String>,
    /// How names of identity providers, webhooks and the collector are resolved.
    pub dns: DnsSettings,
    /// How many names of one tenant's webhooks are resolved at once.
    pub tenant_lookups: usize,
    pub webhooks: WebhookConfig,
    pub tracking: TrackingSettings,
    /// `None`: only the usual certificate authorities are trusted.
    pub outgoing_ca_file: Option<PathBuf>,
}

impl Config {
    /// Merges the flags (of which clap reads some from the environment), the environment and the file.
    pub fn load(flags: Flags) -> Result<Self, ConfigError> {
        let file = read(flags.config.as_deref())?;
        let listen = flags.listen.or(file.listen);
        let jwt_issuer = flags.jwt_issuer.or(file.jwt_issuer);
        let jwt_issuer = jwt_issuer.unwrap_or_else(|| DEFAULT_PARTY.to_owned());
        if !auth::is_issuer(&jwt_issuer) {
            return Err(ConfigError::Issuer);
        }
        let metrics_listen = flags.metrics_listen.or(file.metrics_listen);
        let production = flags.production.or(file.production).unwrap_or(false);
        let public_url = flags.public_url.or(file.public_url).filter(|url| !url.is_empty());
        let public_url = public_url
            .map(|url| origin(&url, production).map_err(|fault| ConfigError::PublicUrl(fault.1)))
            .transpose()?;
        Ok(Self {
            store: StoreOptions {
                url: flags
                    .database_url
                    .or(file.database_url)
                    .unwrap_or_else(|| DEFAULT_DATABASE_URL.to_owned()),
                standby_urls: flags
                    .database_replica_url
                    .map(|urls| urls.into_iter().filter(|url| !url.is_empty()).collect())
                    .unwrap_or(file.database.replica_url),
                standby_lag: Duration::from_secs(file.database.replica_lag_seconds),
                max_connections: file.database.max_connections,
                acquire_timeout: Duration::from_secs(file.database.acquire_seconds),
                statement_timeout: Duration::from_secs(file.database.statement_seconds),
                lock_timeout: Duration::from_secs(file.database.lock_seconds),
                share: ShareOptions {
                    statements: file.database.tenant_statements,
                    seconds: file.database.tenant_seconds_per_second,
                },
                aside: file.exports.at_once,
                ..StoreOptions::default()
            },
            latest_occurrence: Duration::from_secs(file.ledger.future_hours * 3600),
            listen: listen.unwrap_or_else(|| DEFAULT_LISTEN.parse().expect("a constant address")),
            public_url,
            jwt_secret: flags.jwt_secret.or(file.jwt_secret),
            jwt_public_key: flags.jwt_public_key.or(file.jwt_public_key),
            jwt_private_key: flags.jwt_private_key.or(file.jwt_private_key),
            jwt_issuer,
            jwt_audience: flags
                .jwt_audience
                .or(file.jwt_audience)
                .unwrap_or_else(|| DEFAULT_PARTY.to_owned()),
            issuers: flags.issuer.over(file.issuers),
            issuer_networks: networks("issuer_keys", &file.issuer_keys.allowed_networks)?,
            issuer_keys: file.issuer_keys,
            credentials: CredentialLimits {
                keys_per_tenant: file.credentials.keys_per_tenant,
                tokens_per_tenant: file.credentials.tokens_per_tenant,
            },
            http: HttpOptions {
                production,
                health_listen: flags.health_listen.or(file.health_listen),
                metrics_elsewhere: metrics_listen.is_some(),
                limits: file.limits,
                connections: file.connections,
                timeouts: file.timeouts,
                throttle: file.throttle,
                collector: file.tracking.collector(),
                requests: file.requests,
                cors: CorsSection {
                    origins: flags.cors_origins.unwrap_or(file.cors.origins),
                    ..file.cors
                },
                persisted: file.persisted,
                subscriptions: file.subscriptions,
                exports: file.exports,
                slow: file.slow,
            },
            log_format: flags.log_format.or(file.log_format).unwrap_or_default(),
            log: flags.log.or(file.log).unwrap_or_default(),
            colours: flags.no_color.is_none_or(|text| text.is_empty()),
            metrics_listen,
            // Deployments set an empty variable to mean "none".
            otlp_endpoint: flags
                .otlp_endpoint
                .or(file.otlp_endpoint)
                .filter(|endpoint| !endpoint.is_empty()),
            dns: DnsSettings {
                servers: file
                    .dns
                    .servers
                    .iter()
                    .map(|text| name_server(text))
                    .collect::<Result<_, _>>()?,
                timeout: Duration::from_secs(file.dns.answer_seconds),
            },
            tenant_lookups: file.dns.tenant_lookups,
            webhooks: WebhookConfig {
                keys: flags.webhook_keys.or(file.webhook_keys).filter(|keys| !keys.is_empty()),
                allowed_networks: networks("webhooks", &file.webhooks.allowed_networks)?,
                at_once: usize::try_from(file.webhooks.at_once).unwrap_or(usize::MAX),
                answer: Duration::from_secs(file.webhooks.answer_seconds),
                keep_outbox: Duration::from_secs(file.outbox.keep_hours * 3600),
            },
            tracking: file.tracking.settings(),
            outgoing_ca_file: flags.outgoing_ca_file.or(file.outgoing_ca_file),
        })
    }
}

fn networks(section: &'static str, texts: &[String]) -> Result<Vec<Network>, ConfigError> {
    let networks = texts.iter().map(|text| text.parse());
    let networks: Result<_, _> = networks.collect();
    networks.map_err(|error| ConfigError::Network(section, error))
}

fn name_server(text: &str) -> Result<SocketAddr, ConfigError> {
    let address = text
        .parse()
        .or_else(|_| text.parse().map(|address: IpAddr| SocketAddr::new(address, 53)));
    address.map_err(|_| ConfigError::NameServer(text.to_owned()))
}

#[cfg(test)]
mod tests;
