//! The settings file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::sections::{
    CredentialsSection, DatabaseSection, DnsSection, LedgerSection, OutboxSection, TrackingSection, WebhooksSection,
};
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
    pub(super) public_url: Option<String>,
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
    pub(super) tracking: TrackingSection,
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
