//! The settings file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::Table;

use super::sections::{CredentialsSection, DatabaseSection, DnsSection, LedgerSection, OutboxSection, WebhooksSection};
use super::{ConfigError, bounds, environment, malformed};
use crate::http::{
    ConnectionsSection, CorsSection, ExportLimits, Limits, PersistedSection, RequestsSection, SlowSection,
    SubscriptionsSection, ThrottleSection, TimeoutsSection,
};
use auth::{IssuerSettings, KeyFetching};
use telemetry::{LogFilter, LogFormat};

/// The TOML file. Unknown keys are refused, so that a misspelt limit is not taken for one in force.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConfigFile {
    pub(super) database_url: Option<String>,
    pub(super) listen: Option<SocketAddr>,
    pub(super) jwt_secret: Option<String>,
    pub(super) jwt_public_key: Option<PathBuf>,
    pub(super) jwt_private_key: Option<PathBuf>,
    pub(super) jwt_issuer: Option<String>,
    pub(super) jwt_audience: Option<String>,
    pub(super) production: Option<bool>,
    pub(super) log_format: Option<LogFormat>,
    pub(super) log: Option<LogFilter>,
    pub(super) health_listen: Option<SocketAddr>,
    pub(super) metrics_listen: Option<SocketAddr>,
    pub(super) otlp_endpoint: Option<String>,
    pub(super) webhook_keys: Option<String>,
    pub(super) outgoing_ca_file: Option<PathBuf>,
    pub(super) database: DatabaseSection,
    pub(super) ledger: LedgerSection,
    pub(super) outbox: OutboxSection,
    pub(super) dns: DnsSection,
    pub(super) webhooks: WebhooksSection,
    pub(super) issuer_keys: KeyFetching,
    pub(super) issuers: BTreeMap<String, IssuerSettings>,
    pub(super) limits: Limits,
    pub(super) connections: ConnectionsSection,
    pub(super) timeouts: TimeoutsSection,
    pub(super) throttle: ThrottleSection,
    pub(super) requests: RequestsSection,
    pub(super) credentials: CredentialsSection,
    pub(super) cors: CorsSection,
    pub(super) persisted: PersistedSection,
    pub(super) subscriptions: SubscriptionsSection,
    pub(super) exports: ExportLimits,
    pub(super) slow: SlowSection,
}

/// The settings of the file, if there is one, with those of the environment over them.
pub(super) fn read(path: Option<&Path>) -> Result<ConfigFile, ConfigError> {
    let merged = table(path)?.try_into::<ConfigFile>();
    // Each was sound by itself.
    merged.map_err(|error| {
        let place = path.unwrap_or(Path::new("the environment")).to_owned();
        ConfigError::Malformed(place, malformed::without_value(error.message()))
    })
}

/// The same as a table, checked.
pub(super) fn table(path: Option<&Path>) -> Result<Table, ConfigError> {
    let file = path.map(checked).transpose()?.unwrap_or_default();
    environment::over(file, &environment::variables())
}

fn checked(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
    let malformed = |error| ConfigError::Malformed(path.to_owned(), malformed::told(&text, &error));
    toml::from_str::<ConfigFile>(&text).map_err(malformed)?;
    let table: Table = toml::from_str(&text).map_err(malformed)?;
    bounds::check(&table).map_err(|reason| ConfigError::OutOfBounds(path.to_owned(), reason))?;
    Ok(table)
}
