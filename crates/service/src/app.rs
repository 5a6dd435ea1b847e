//! State shared by the whole program, built once at start.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use crate::authentication::RecentReads;
use crate::clock::Clock;
use crate::live_tokens::LiveTokens;
use crate::tracking::Tracking;
use crate::webhook::Webhooks;
use auth::{Issuers, KeyUses, Keys, Writer};
use domain::audit::Origin;
use domain::id::TenantId;
use store::outbox::Changes;
use store::{Store, StoreError, Trail, Transaction};
use telemetry::metrics::Metrics;

/// How far ahead of now an event may have occurred by default. Senders' clocks and time zones may be off by a day;
/// anything further ahead is a mistake.
pub const DEFAULT_LATEST_OCCURRENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// How many credentials a tenant may have.
#[derive(Clone, Copy, Debug)]
pub struct CredentialLimits {
    /// API keys that work: neither revoked nor expired.
    pub keys_per_tenant: u64,
    /// Partners' tokens that have not expired.
    pub tokens_per_tenant: usize,
}

impl Default for CredentialLimits {
    fn default() -> Self {
        Self {
            keys_per_tenant: 1_000,
            tokens_per_tenant: 100_000,
        }
    }
}

/// Clones share their state.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub clock: Clock,
    pub keys: Keys,
    /// Issuers whose tokens are accepted besides those that `keys` verifies.
    pub issuers: Issuers,
    pub tenants: Arc<TenantIndex>,
    pub key_uses: Arc<KeyUses>,
    /// How many API keys that work a tenant may have.
    pub keys_per_tenant: u64,
    /// How many tokens of partners have not expired, by tenant.
    pub live_tokens: Arc<LiveTokens>,
    /// Recent authentication reads, shared by subscriptions.
    pub recent: Arc<RecentReads>,
    pub metrics: Arc<Metrics>,
    /// The feed of ledger changes.
    pub changes: Changes,
    /// How far ahead of now an event may have occurred.
    pub latest_occurrence: Duration,
    pub webhooks: Webhooks,
    /// Links that are followed, and what pages report.
    pub tracking: Tracking,
    /// The origin at which the world finds the gateway, such as `https://partners.example`; `None`: that is not known.
    pub public_url: Option<Arc<str>>,
}

impl App {
    pub fn new(mut store: Store, clock: Clock, keys: Keys) -> Self {
        let metrics = Arc::new(Metrics::new(clock.now()));
        store.measure(&metrics.database);
        let changes = Changes::new(store.clone());
        let credentials = CredentialLimits::default();
        Self {
            store,
            clock,
            keys,
            issuers: Issuers::default(),
            tenants: Arc::default(),
            key_uses: Arc::default(),
            keys_per_tenant: credentials.keys_per_tenant,
            live_tokens: Arc::new(LiveTokens::new(credentials.tokens_per_tenant)),
            recent: Arc::default(),
            metrics,
            changes,
            latest_occurrence: DEFAULT_LATEST_OCCURRENCE,
            webhooks: Webhooks::default(),
            tracking: Tracking::default(),
            public_url: None,
        }
    }

    /// The app as a tenant's callers use it: with the tenant's share of the database.
    pub fn of_tenant(&self, tenant: TenantId) -> Self {
        Self {
            store: self.store.of_tenant(tenant),
            ..self.clone()
        }
    }

    /// A copy of the app that reads and writes through `store`.
    pub fn on(&self, store: Store) -> Arc<Self> {
        Arc::new(Self { store, ..self.clone() })
    }

    /// Starts a transaction on behalf of the writer, whose changes appear in the audit log under the writer's name.
    pub async fn begin(&self, writer: &Writer) -> Result<Transaction, StoreError> {
        self.store.begin(self.trail(writer.tenant(), writer.origin())).await
    }

    /// Names the tenant and the origin on whose behalf something is changed, for the audit log.
    pub fn trail(&self, tenant: TenantId, origin: Arc<Origin>) -> Trail {
        let clock = self.clock.clone();
        Trail::new(tenant, origin, move || clock.now())
    }

    pub fn with_latest_occurrence(self, latest_occurrence: Duration) -> Self {
        Self {
            latest_occurrence,
            ..self
        }
    }

    pub fn with_credential_limits(self, limits: CredentialLimits) -> Self {
        Self {
            keys_per_tenant: limits.keys_per_tenant,
            live_tokens: Arc::new(LiveTokens::new(limits.tokens_per_tenant)),
            ..self
        }
    }

    pub fn with_issuers(self, issuers: Issuers) -> Self {
        Self { issuers, ..self }
    }

    pub fn with_tracking(self, tracking: Tracking) -> Self {
        Self { tracking, ..self }
    }

    pub fn with_public_url(self, public_url: Option<&str>) -> Self {
        Self {
            public_url: public_url.map(Arc::from),
            ..self
        }
    }

    pub fn with_webhooks(self, webhooks: Webhooks) -> Self {
        Self { webhooks, ..self }
    }
}

/// Caches which tenant a slug or id means. Neither ever changes, so entries never go stale; names without a tenant are
/// not cached, so that guesses cannot fill the memory.
#[derive(Default)]
pub struct TenantIndex(RwLock<HashMap<String, TenantId>>);

impl TenantIndex {
    pub async fn find(&self, store: &Store, name: &str) -> Result<Option<TenantId>, StoreError> {
        if let Some(id) = self.0.read().expect("no holder panics").get(name) {
            return Ok(Some(*id));
        }
        let id = store::tenant::find_by_name(store.reader(), name)
            .await?
            .map(|tenant| tenant.id);
        if let Some(id) = id {
            self.0.write().expect("no holder panics").insert(name.to_owned(), id);
        }
        Ok(id)
    }
}
