//! The settings as flags and environment variables.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use toml::{Table, Value};

use super::issuer_flags::{self, IssuerFlags};
use telemetry::{LogFilter, LogFormat};

pub(super) const DEFAULT_DATABASE_URL: &str = "sqlite://tributary.db?mode=rwc";

pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// The default of both the issuer and the audience of tokens.
pub(super) const DEFAULT_PARTY: &str = "tributary";

/// The settings as flags and environment variables; every command takes them.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// The database: sqlite://FILE?mode=rwc (creates the file) or postgres://USER:PASSWORD@HOST/NAME, which may name
    /// several hosts, separated by commas
    /// [default: sqlite://tributary.db?mode=rwc]
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(super) database_url: Option<String>,
    /// Standbys of PostgreSQL to read queries from: their URLs, separated by spaces
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_DATABASE_REPLICA_URL",
        value_name = "URL",
        value_delimiter = ' ',
        hide_env_values = true
    )]
    pub(super) database_replica_url: Option<Vec<String>>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "TRIBUTARY_LISTEN", value_name = "ADDR")]
    pub(super) listen: Option<SocketAddr>,
    /// Where the world finds this gateway, such as https://partners.example: partners' links begin with it. By default, it
    /// is where it listens; in production, links have no address without it
    #[arg(long, global = true, env = "TRIBUTARY_PUBLIC_URL", value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// The secret that signs and checks tokens (HS256), at least 32 bytes
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_JWT_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(super) jwt_secret: Option<String>,
    /// The public key that checks tokens, instead of a secret: a PEM file (RS256, ES256 or EdDSA, determined by the
    /// key), or a JWKS file, which is read again when it changes
    #[arg(long, global = true, env = "TRIBUTARY_JWT_PUBLIC_KEY", value_name = "FILE")]
    pub(super) jwt_public_key: Option<PathBuf>,
    /// The PEM file of the private key that signs the tokens issued here; needs --jwt-public-key
    #[arg(long, global = true, env = "TRIBUTARY_JWT_PRIVATE_KEY", value_name = "FILE")]
    pub(super) jwt_private_key: Option<PathBuf>,
    /// The issuer of tokens, their claim `iss` [default: tributary]
    #[arg(long, global = true, env = "TRIBUTARY_JWT_ISSUER", value_name = "NAME")]
    pub(super) jwt_issuer: Option<String>,
    /// The audience of tokens, their claim `aud` [default: tributary]
    #[arg(long, global = true, env = "TRIBUTARY_JWT_AUDIENCE", value_name = "NAME")]
    pub(super) jwt_audience: Option<String>,
    #[command(flatten)]
    pub(super) issuer: IssuerFlags,
    /// No GraphiQL, introspection only with the scope `admin`, no suggestions in error texts
    #[arg(long, global = true, env = "TRIBUTARY_PRODUCTION", num_args = 0..=1, default_missing_value = "true")]
    pub(super) production: Option<bool>,
    /// The origins whose pages may call the API, such as https://portal.example, separated by commas; "*" allows all of
    /// them
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_CORS_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub(super) cors_origins: Option<Vec<String>>,
    /// The format of log lines [default: pretty]
    #[arg(long, global = true, env = "TRIBUTARY_LOG_FORMAT", value_name = "FORMAT")]
    pub(super) log_format: Option<LogFormat>,
    /// What to log, such as info or warn,tributary=debug [default: info]
    #[arg(long, global = true, env = "TRIBUTARY_LOG", value_name = "FILTER")]
    pub(super) log: Option<LogFilter>,
    /// No colours in log lines, which only terminals get anyway; set it to any text that is not empty
    #[arg(
        long,
        global = true,
        env = "NO_COLOR",
        value_name = "TEXT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1"
    )]
    pub(super) no_color: Option<String>,
    /// Where to answer health checks on a thread that does nothing else: /healthz, /readyz, and /metrics
    #[arg(long, global = true, env = "TRIBUTARY_HEALTH_LISTEN", value_name = "ADDR")]
    pub(super) health_listen: Option<SocketAddr>,
    /// Where to serve /metrics, instead of beside the API; in production it is not served without this
    #[arg(long, global = true, env = "TRIBUTARY_METRICS_LISTEN", value_name = "ADDR")]
    pub(super) metrics_listen: Option<SocketAddr>,
    /// The keys that encrypt the secrets of webhooks, as ID:BASE64 with 32 bytes in base64; several are separated by
    /// commas, and the first of them replaces the others. Without keys there are no webhooks in production
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_WEBHOOK_KEYS",
        value_name = "KEYS",
        hide_env_values = true
    )]
    pub(super) webhook_keys: Option<String>,
    /// A PEM file of certificate authorities that requests to identity providers and webhooks trust in addition to the
    /// usual ones
    #[arg(long, global = true, env = "TRIBUTARY_OUTGOING_CA_FILE", value_name = "FILE")]
    pub(super) outgoing_ca_file: Option<PathBuf>,
    /// The OpenTelemetry collector to send traces to, such as http://127.0.0.1:4318; without it, none are sent
    #[arg(long, global = true, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub(super) otlp_endpoint: Option<String>,
    /// A TOML file with any of these settings, and limits, timeouts and more: `serve --help` shows it
    #[arg(long, global = true, env = "TRIBUTARY_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl Flags {
    /// Reads this settings file instead, if one is given.
    pub fn use_file(&mut self, file: Option<PathBuf>) {
        self.config = file.or(self.config.take());
    }

    /// What is set, as in the settings file.
    pub(super) fn table(&self) -> Table {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let words = |word: &Option<LogFormat>| word.as_ref().map(|word| format!("{word:?}").to_lowercase());
        let texts = [
            ("database_url", self.database_url.clone()),
            ("listen", self.listen.map(|listen| listen.to_string())),
            ("public_url", self.public_url.clone()),
            ("jwt_secret", self.jwt_secret.clone()),
            ("jwt_public_key", path(&self.jwt_public_key)),
            ("jwt_private_key", path(&self.jwt_private_key)),
            ("jwt_issuer", self.jwt_issuer.clone()),
            ("jwt_audience", self.jwt_audience.clone()),
            ("log_format", words(&self.log_format)),
            ("log", self.log.as_ref().map(ToString::to_string)),
            ("health_listen", self.health_listen.map(|listen| listen.to_string())),
            ("metrics_listen", self.metrics_listen.map(|listen| listen.to_string())),
            ("otlp_endpoint", self.otlp_endpoint.clone()),
            ("webhook_keys", self.webhook_keys.clone()),
            ("outgoing_ca_file", path(&self.outgoing_ca_file)),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?))));
        let mut table: Table = texts.collect();
        if let Some(production) = self.production {
            table.insert("production".to_owned(), production.into());
        }
        let lists = [
            ("database", "replica_url", &self.database_replica_url),
            ("cors", "origins", &self.cors_origins),
        ];
        for (section, name, list) in lists {
            if let Some(list) = list {
                let list = Table::from_iter([(name.to_owned(), Value::from(list.clone()))]);
                table.insert(section.to_owned(), Value::Table(list));
            }
        }
        let issuer = self.issuer.table();
        if !issuer.is_empty() {
            let named = Table::from_iter([(issuer_flags::NAME.to_owned(), Value::Table(issuer))]);
            table.insert("issuers".to_owned(), Value::Table(named));
        }
        table
    }
}
