//! Sections of the settings file that are declared nowhere else, with their defaults.

use std::time::Duration;

use crate::http::ThrottleSection;
use outgoing::{DnsSettings, TENANT_LOOKUPS};
use service::app::{CredentialLimits, DEFAULT_LATEST_OCCURRENCE};
use service::tracking::TrackingSettings;
use service::webhook::{AT_ONCE, KEEP_OUTBOX, TIMEOUT};
use store::ShareOptions;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSection {
    pub replica_url: Vec<String>,
    pub replica_lag_seconds: u64,
    pub max_connections: u32,
    pub acquire_seconds: u64,
    pub statement_seconds: u64,
    pub lock_seconds: u64,
    pub tenant_statements: u32,
    pub tenant_seconds_per_second: u32,
}

impl Default for DatabaseSection {
    fn default() -> Self {
        Self {
            replica_url: Vec::new(),
            replica_lag_seconds: 10,
            max_connections: 8,
            acquire_seconds: 10,
            statement_seconds: 10,
            lock_seconds: 5,
            tenant_statements: ShareOptions::default().statements,
            tenant_seconds_per_second: ShareOptions::default().seconds,
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerSection {
    pub future_hours: u64,
}

impl Default for LedgerSection {
    fn default() -> Self {
        Self {
            future_hours: DEFAULT_LATEST_OCCURRENCE.as_secs() / 3600,
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutboxSection {
    pub keep_hours: u64,
}

impl Default for OutboxSection {
    fn default() -> Self {
        Self {
            keep_hours: KEEP_OUTBOX.as_secs() / 3600,
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialsSection {
    pub keys_per_tenant: u64,
    pub tokens_per_tenant: usize,
}

impl Default for CredentialsSection {
    fn default() -> Self {
        let CredentialLimits {
            keys_per_tenant,
            tokens_per_tenant,
        } = CredentialLimits::default();
        Self {
            keys_per_tenant,
            tokens_per_tenant,
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DnsSection {
    pub servers: Vec<String>,
    pub answer_seconds: u64,
    pub tenant_lookups: usize,
}

impl Default for DnsSection {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            answer_seconds: DnsSettings::default().timeout.as_secs(),
            tenant_lookups: TENANT_LOOKUPS,
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhooksSection {
    pub allowed_networks: Vec<String>,
    pub at_once: u32,
    pub answer_seconds: u64,
}

impl Default for WebhooksSection {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            at_once: u32::try_from(AT_ONCE).unwrap_or(u32::MAX),
            answer_seconds: TIMEOUT.as_secs(),
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrackingSection {
    pub keep_days: u32,
    pub waiting: usize,
    pub batch_rows: usize,
    pub batch_milliseconds: u64,
    pub address_maximum: u64,
    pub address_restore_per_second: u64,
    pub tenant_maximum: u64,
    pub tenant_restore_per_second: u64,
}

impl Default for TrackingSection {
    fn default() -> Self {
        let TrackingSettings {
            keep_days,
            waiting,
            batch_rows,
            batch_wait,
        } = TrackingSettings::default();
        let collector = ThrottleSection::of_collector();
        Self {
            keep_days,
            waiting,
            batch_rows,
            batch_milliseconds: u64::try_from(batch_wait.as_millis()).unwrap_or(u64::MAX),
            address_maximum: collector.maximum,
            address_restore_per_second: collector.restore_per_second,
            tenant_maximum: collector.tenant_maximum,
            tenant_restore_per_second: collector.tenant_restore_per_second,
        }
    }
}

impl TrackingSection {
    pub fn settings(&self) -> TrackingSettings {
        TrackingSettings {
            keep_days: self.keep_days,
            waiting: self.waiting,
            batch_rows: self.batch_rows,
            batch_wait: Duration::from_millis(self.batch_milliseconds),
        }
    }

    pub fn collector(&self) -> ThrottleSection {
        ThrottleSection {
            maximum: self.address_maximum,
            restore_per_second: self.address_restore_per_second,
            tenant_maximum: self.tenant_maximum,
            tenant_restore_per_second: self.tenant_restore_per_second,
        }
    }
}
