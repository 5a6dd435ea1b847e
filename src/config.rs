//! Settings: flags win over the environment, the environment over an optional TOML file, that over the defaults.

mod bounds;
mod issuer_flags;
mod sections;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::auth::{IssuerSettings, KeyFetching};
use crate::domain::webhook::address::{Network, NotANetwork};
use crate::http::{
    Cors, ExportLimits, GraphiqlAssets, HttpOptions, Limits, Persisted, Slow, Subscriptions, Throttle, Timeouts,
};
use crate::store::{ShareOptions, StoreOptions};
use crate::telemetry::{LogFilter, LogFormat};

use issuer_flags::IssuerFlags;
use sections::{DatabaseSection, LedgerSection, OutboxSection, WebhooksSection};

const DEFAULT_DATABASE_URL: &str = "sqlite://tributary.db?mode=rwc";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// Both the issuer and the audience of tokens, where nothing else is said.
const DEFAULT_PARTY: &str = "tributary";

/// What the settings file may hold, with the defaults.
pub const SETTINGS: &str = include_str!("settings.toml");

/// The settings as flags and environment variables; every command takes them.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// Where the database is: sqlite://FILE?mode=rwc (creates the file) or postgres://USER:PASSWORD@HOST/NAME, which may name
    /// several hosts, with commas
    /// [default: sqlite://tributary.db?mode=rwc]
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Standbys of PostgreSQL that queries are read from: their URLs, separated by spaces
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_DATABASE_REPLICA_URL",
        value_name = "URL",
        value_delimiter = ' ',
        hide_env_values = true
    )]
    database_replica_url: Option<Vec<String>>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "TRIBUTARY_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The secret that signs and checks tokens (HS256), at least 32 bytes
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_JWT_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    jwt_secret: Option<String>,
    /// The public key that checks tokens, instead of a secret: a PEM file (RS256, ES256 or EdDSA, told by the key), or a
    /// JWKS file, which is read again when it changes
    #[arg(long, global = true, env = "TRIBUTARY_JWT_PUBLIC_KEY", value_name = "FILE")]
    jwt_public_key: Option<PathBuf>,
    /// The PEM file of the private key that signs the tokens made here; needs --jwt-public-key
    #[arg(long, global = true, env = "TRIBUTARY_JWT_PRIVATE_KEY", value_name = "FILE")]
    jwt_private_key: Option<PathBuf>,
    /// Who issues tokens, their claim `iss` [default: tributary]
    #[arg(long, global = true, env = "TRIBUTARY_JWT_ISSUER", value_name = "NAME")]
    jwt_issuer: Option<String>,
    /// Whom tokens are for, their claim `aud` [default: tributary]
    #[arg(long, global = true, env = "TRIBUTARY_JWT_AUDIENCE", value_name = "NAME")]
    jwt_audience: Option<String>,
    #[command(flatten)]
    issuer: IssuerFlags,
    /// No GraphiQL, introspection only with the scope `admin`, no suggestions in error texts
    #[arg(long, global = true, env = "TRIBUTARY_PRODUCTION", num_args = 0..=1, default_missing_value = "true")]
    production: Option<bool>,
    /// The origins whose pages may ask, such as https://portal.example, separated by commas; "*" is all of them
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_CORS_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    cors_origins: Option<Vec<String>>,
    /// Where GraphiQL's files come from: a folder that holds them, `embedded` (what the build found, or else a CDN), `cdn`,
    /// or `none`, which leaves Tributary's own explorer [default: embedded]
    #[arg(long, global = true, env = "TRIBUTARY_GRAPHIQL_ASSETS", value_name = "FOLDER")]
    graphiql_assets: Option<PathBuf>,
    /// How log lines look [default: pretty]
    #[arg(long, global = true, env = "TRIBUTARY_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// What to log, such as info or warn,tributary=debug [default: info]
    #[arg(long, global = true, env = "TRIBUTARY_LOG", value_name = "FILTER")]
    log: Option<LogFilter>,
    /// No colours in log lines, which only terminals get anyhow; any text that is not empty says so
    #[arg(
        long,
        global = true,
        env = "NO_COLOR",
        value_name = "TEXT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1"
    )]
    no_color: Option<String>,
    /// Where to serve /metrics, instead of beside the API; in production it is served nowhere else
    #[arg(long, global = true, env = "TRIBUTARY_METRICS_LISTEN", value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
    /// What encrypts the secrets of webhooks, as ID:BASE64 with 32 bytes in base64; several, separated by commas, where the
    /// first has taken the place of the others. In production there are no webhooks without
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_WEBHOOK_KEYS",
        value_name = "KEYS",
        hide_env_values = true
    )]
    webhook_keys: Option<String>,
    /// A PEM file of certificate authorities that requests to identity providers and webhooks trust beside the usual ones
    #[arg(long, global = true, env = "TRIBUTARY_OUTGOING_CA_FILE", value_name = "FILE")]
    outgoing_ca_file: Option<PathBuf>,
    /// The OpenTelemetry collector that traces go to, such as http://127.0.0.1:4318; without it there are none
    #[arg(long, global = true, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: Option<String>,
    /// A TOML file with any of these settings, and limits, timeouts and more: `serve --help` shows it
    #[arg(long, global = true, env = "TRIBUTARY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The TOML file. Unknown keys are refused, so that a misspelt limit is not taken for one that holds.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    database_url: Option<String>,
    listen: Option<SocketAddr>,
    jwt_secret: Option<String>,
    jwt_public_key: Option<PathBuf>,
    jwt_private_key: Option<PathBuf>,
    jwt_issuer: Option<String>,
    jwt_audience: Option<String>,
    production: Option<bool>,
    graphiql_assets: Option<PathBuf>,
    log_format: Option<LogFormat>,
    log: Option<LogFilter>,
    metrics_listen: Option<SocketAddr>,
    otlp_endpoint: Option<String>,
    webhook_keys: Option<String>,
    outgoing_ca_file: Option<PathBuf>,
    database: DatabaseSection,
    ledger: LedgerSection,
    outbox: OutboxSection,
    webhooks: WebhooksSection,
    issuer_keys: KeyFetching,
    issuers: BTreeMap<String, IssuerSettings>,
    limits: Limits,
    timeouts: Timeouts,
    throttle: Throttle,
    cors: Cors,
    persisted: Persisted,
    subscriptions: Subscriptions,
    exports: ExportLimits,
    slow: Slow,
}

/// What webhooks are set up with.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// `None`: there are no webhooks in production, and elsewhere their secrets are as good as not encrypted.
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
    /// How far ahead of now an event may happen.
    pub latest_occurrence: Duration,
    pub listen: SocketAddr,
    /// `None`, and no public key either: only `serve --demo` may go on.
    pub jwt_secret: Option<String>,
    pub jwt_public_key: Option<PathBuf>,
    /// `None`: tokens are made elsewhere.
    pub jwt_private_key: Option<PathBuf>,
    pub jwt_issuer: String,
    pub jwt_audience: String,
    /// Whose tokens are good beside those of the keys above, by the names that the settings give them.
    pub issuers: BTreeMap<String, IssuerSettings>,
    pub issuer_keys: KeyFetching,
    /// Where their keys may be, beside the public internet.
    pub issuer_networks: Vec<Network>,
    pub http: HttpOptions,
    pub log_format: LogFormat,
    pub log: LogFilter,
    pub colours: bool,
    /// `None`: metrics are served beside the API, or not at all in production.
    pub metrics_listen: Option<SocketAddr>,
    /// `None`: no traces.
    pub otlp_endpoint: Option<String>,
    pub webhooks: WebhookConfig,
    /// `None`: only the usual authorities are trusted.
    pub outgoing_ca_file: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}.allowed_networks: {1}")]
    Network(&'static str, NotANetwork),
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{0}: {1}")]
    Malformed(PathBuf, toml::de::Error),
    #[error("{0}: {1}")]
    OutOfBounds(PathBuf, String),
}

impl Config {
    /// Puts flags, environment (which clap has read) and file together.
    pub fn load(flags: Flags) -> Result<Self, ConfigError> {
        let file = flags.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let listen = flags.listen.or(file.listen);
        let metrics_listen = flags.metrics_listen.or(file.metrics_listen);
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
            jwt_secret: flags.jwt_secret.or(file.jwt_secret),
            jwt_public_key: flags.jwt_public_key.or(file.jwt_public_key),
            jwt_private_key: flags.jwt_private_key.or(file.jwt_private_key),
            jwt_issuer: flags
                .jwt_issuer
                .or(file.jwt_issuer)
                .unwrap_or_else(|| DEFAULT_PARTY.to_owned()),
            jwt_audience: flags
                .jwt_audience
                .or(file.jwt_audience)
                .unwrap_or_else(|| DEFAULT_PARTY.to_owned()),
            issuers: flags.issuer.over(file.issuers),
            issuer_networks: networks("issuer_keys", &file.issuer_keys.allowed_networks)?,
            issuer_keys: file.issuer_keys,
            http: HttpOptions {
                production: flags.production.or(file.production).unwrap_or(false),
                graphiql_assets: flags
                    .graphiql_assets
                    .or(file.graphiql_assets)
                    .map(GraphiqlAssets::from)
                    .unwrap_or_default(),
                metrics_elsewhere: metrics_listen.is_some(),
                limits: file.limits,
                timeouts: file.timeouts,
                throttle: file.throttle,
                cors: Cors {
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
            // An empty variable is how a deployment says "none".
            otlp_endpoint: flags
                .otlp_endpoint
                .or(file.otlp_endpoint)
                .filter(|endpoint| !endpoint.is_empty()),
            webhooks: WebhookConfig {
                keys: flags.webhook_keys.or(file.webhook_keys).filter(|keys| !keys.is_empty()),
                allowed_networks: networks("webhooks", &file.webhooks.allowed_networks)?,
                at_once: usize::try_from(file.webhooks.at_once).unwrap_or(usize::MAX),
                answer: Duration::from_secs(file.webhooks.answer_seconds),
                keep_outbox: Duration::from_secs(file.outbox.keep_hours * 3600),
            },
            outgoing_ca_file: flags.outgoing_ca_file.or(file.outgoing_ca_file),
        })
    }
}

fn networks(section: &'static str, texts: &[String]) -> Result<Vec<Network>, ConfigError> {
    let networks = texts.iter().map(|text| text.parse());
    let networks: Result<_, _> = networks.collect();
    networks.map_err(|error| ConfigError::Network(section, error))
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
    let malformed = |error| ConfigError::Malformed(path.to_owned(), error);
    let file = toml::from_str(&text).map_err(malformed)?;
    let table = toml::from_str(&text).map_err(malformed)?;
    bounds::check(&table).map_err(|reason| ConfigError::OutOfBounds(path.to_owned(), reason))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_defaults() {
        let file: File = toml::from_str("").expect("nothing is required");
        assert_eq!(file.limits.body_bytes, 1024 * 1024);
        assert_eq!(file.database.max_connections, 8);
    }

    #[test]
    fn the_settings_that_are_shown_are_all_there_are_with_their_defaults() {
        let shown: File = toml::from_str(SETTINGS).expect("a file that could be used");
        let defaults = File::default();
        assert_eq!(format!("{:?}", shown.database), format!("{:?}", defaults.database));
        assert_eq!(format!("{:?}", shown.ledger), format!("{:?}", defaults.ledger));
        assert_eq!(format!("{:?}", shown.outbox), format!("{:?}", defaults.outbox));
        assert_eq!(format!("{:?}", shown.webhooks), format!("{:?}", defaults.webhooks));
        assert_eq!(
            format!("{:?}", shown.issuer_keys),
            format!("{:?}", defaults.issuer_keys)
        );
        assert_eq!(format!("{:?}", shown.limits), format!("{:?}", defaults.limits));
        assert_eq!(format!("{:?}", shown.timeouts), format!("{:?}", defaults.timeouts));
        assert_eq!(format!("{:?}", shown.throttle), format!("{:?}", defaults.throttle));
        assert_eq!(format!("{:?}", shown.cors), format!("{:?}", defaults.cors));
        assert_eq!(format!("{:?}", shown.persisted), format!("{:?}", defaults.persisted));
        assert_eq!(
            format!("{:?}", shown.subscriptions),
            format!("{:?}", defaults.subscriptions)
        );
        assert_eq!(format!("{:?}", shown.exports), format!("{:?}", defaults.exports));
        assert_eq!(format!("{:?}", shown.slow), format!("{:?}", defaults.slow));
        assert_eq!(shown.database_url.as_deref(), Some(DEFAULT_DATABASE_URL));
        assert_eq!(shown.listen, DEFAULT_LISTEN.parse().ok());
        assert_eq!(shown.jwt_issuer.as_deref(), Some(DEFAULT_PARTY));
        // Each setting has a line, in use or commented out.
        let debug = format!("{defaults:#?}");
        let names = debug.lines().filter_map(|line| line.split_once(':'));
        for name in names.map(|(name, _)| name.trim()) {
            let has_line = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{name} ="));
            let has_section = SETTINGS.contains(&format!("[{name}]"));
            assert!(has_section || SETTINGS.lines().any(has_line), "{name}");
        }
    }

    #[test]
    fn unknown_settings_are_refused() {
        for text in ["jwt_secrte = 'x'", "[limits]\nbody = 1", "[limitz]\nbody_bytes = 1"] {
            assert!(toml::from_str::<File>(text).is_err(), "{text}");
        }
    }
}
