//! Where links lead, and who their tenants are: read when a link is followed, and remembered for a few seconds; longer while
//! the database is slow or away.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use crate::app::App;
use auth::Scope;
use domain::Timestamp;
use domain::id::TenantId;
use domain::link::Link;
use domain::tenant::Tenant;
use store::StoreError;

/// How long what was read is current.
const FRESH: TimeDelta = TimeDelta::seconds(5);
/// How many links, and how many tenants, are remembered.
const REMEMBERED: usize = 50_000;
/// How many names are remembered of which there is nothing. They have room of their own, so that guesses displace no link.
const GUESSES: usize = 10_000;
/// How many reads run at once: strangers may ask for as many names as they like.
const READS: usize = 8;
/// How long to wait for the database where something older is remembered, and where nothing is.
const PATIENCE: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];
/// How long what is remembered is used without asking, after the database did not answer.
const RESPITE: Duration = Duration::from_secs(1);

/// The database did not say in time where a link leads, and nothing is remembered of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away;

/// A link, and what its campaign says of where it leads.
pub struct Destination {
    pub link: Link,
    pub of_campaign: Option<String>,
    pub hosts: Vec<String>,
}

pub struct Destinations {
    tenants: Remembered<String, Tenant>,
    links: Remembered<(TenantId, String), Destination>,
    reads: Semaphore,
    failed_at: Mutex<Option<Instant>>,
}

impl Default for Destinations {
    fn default() -> Self {
        Self {
            tenants: Remembered::new(),
            links: Remembered::new(),
            reads: Semaphore::new(READS),
            failed_at: Mutex::default(),
        }
    }
}

struct Remembered<K, V> {
    known: Cache<K, Entry<V>>,
    nothing: Cache<K, Timestamp>,
}

struct Entry<V> {
    read_at: Timestamp,
    value: Arc<V>,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Self {
            read_at: self.read_at,
            value: self.value.clone(),
        }
    }
}

impl Destinations {
    /// The tenant with a slug.
    pub async fn tenant(&self, app: &App, slug: &str) -> Result<Option<Arc<Tenant>>, Away> {
        let Ok(slug) = domain::tenant::slug(slug) else {
            return Ok(None);
        };
        let read = || store::tenant::find_by_name(app.store.reader(), &slug);
        let found = self.current(app, &self.tenants, slug.clone(), read).await?;
        // Names of 36 characters may be ids.
        Ok(found.filter(|tenant| tenant.slug == slug))
    }

    /// The link with a key.
    pub async fn link(&self, app: &App, tenant: TenantId, key: &str) -> Result<Option<Arc<Destination>>, Away> {
        let is_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=64).contains(&key.len()) || !key.bytes().all(is_key) {
            return Ok(None);
        }
        let read = || read_link(app, tenant, key);
        self.current(app, &self.links, (tenant, key.to_owned()), read).await
    }

    /// What is remembered, if it is current or the database does not answer in time; otherwise what that says.
    async fn current<K: Hash + Eq + Clone, V, R: Future<Output = Result<Option<V>, StoreError>>>(
        &self,
        app: &App,
        remembered: &Remembered<K, V>,
        key: K,
        read: impl FnOnce() -> R,
    ) -> Result<Option<Arc<V>>, Away> {
        let now = app.clock.now();
        if let Some(known) = remembered.current(&key, now) {
            return Ok(known);
        }
        let old = remembered.known.get(&key).map(|entry| entry.value);
        if old.is_some() && self.has_just_failed() {
            return Ok(old);
        }
        let reading = async {
            let _turn = self.reads.acquire().await.map_err(|_| Away)?;
            // Somebody else may have read it meanwhile.
            if let Some(known) = remembered.current(&key, now) {
                return Ok(known);
            }
            match read().await {
                Ok(found) => Ok(remembered.note(key.clone(), found, now)),
                Err(error) => {
                    tracing::warn!(%error, "could not read where a link leads");
                    Err(Away)
                }
            }
        };
        let patience = PATIENCE[usize::from(old.is_none())];
        match tokio::time::timeout(patience, reading).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(Away)) | Err(_) => {
                *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                old.map(Some).ok_or(Away)
            }
        }
    }

    fn has_just_failed(&self) -> bool {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| at.elapsed() < RESPITE)
    }
}

async fn read_link(app: &App, tenant: TenantId, key: &str) -> Result<Option<Destination>, StoreError> {
    let app = app.of_tenant(tenant);
    let (database, scope) = (app.store.reader(), Scope::tenant_wide(tenant));
    let Some(link) = store::link::find_by_key(database, &scope, key).await? else {
        return Ok(None);
    };
    let campaign = store::campaign::find(database, &scope, link.campaign_id).await?;
    Ok(campaign.map(|campaign| Destination {
        link,
        of_campaign: campaign.destination_url,
        hosts: campaign.link_hosts,
    }))
}

impl<K: Hash + Eq + Clone, V> Remembered<K, V> {
    fn new() -> Self {
        Self {
            known: Cache::new(REMEMBERED),
            nothing: Cache::new(GUESSES),
        }
    }

    /// What is known of a name, or that there is nothing; `None`: that is not known, or no longer certain.
    fn current(&self, key: &K, now: Timestamp) -> Option<Option<Arc<V>>> {
        // A clock may have been set back.
        let is_current = |at: Timestamp| (now - at).abs() < FRESH;
        if let Some(entry) = self.known.get(key).filter(|entry| is_current(entry.read_at)) {
            return Some(Some(entry.value));
        }
        let is_nothing = self.nothing.get(key).is_some_and(is_current);
        is_nothing.then_some(None)
    }

    fn note(&self, key: K, found: Option<V>, now: Timestamp) -> Option<Arc<V>> {
        match found {
            Some(value) => {
                let value = Arc::new(value);
                let entry = Entry {
                    read_at: now,
                    value: value.clone(),
                };
                self.nothing.remove(&key);
                self.known.insert(key, entry);
                Some(value)
            }
            None => {
                self.known.remove(&key);
                self.nothing.insert(key, now);
                None
            }
        }
    }
}
