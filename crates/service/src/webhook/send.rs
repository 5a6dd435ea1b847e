//! Sending deliveries. One worker at a time serves an endpoint, under a lease; several due deliveries are sent
//! concurrently, but those about one object one after the other. Endpoints do not wait for each other: each has a
//! worker of its own, and one that fails gets a single request at a time until something succeeds again.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::app::App;
use auth::{Scope, SealingError, Writer};
use domain::id::{TenantId, WebhookDeliveryId};
use domain::webhook::schedule::{GONE, disable_reason, next_attempt};
use domain::webhook::signature::{Secret, signatures};
use domain::webhook::{WebhookAttempt, WebhookDeliveryStatus, WebhookEndpoint};
use store::StoreError;
use store::task::joined;
use store::webhook::lease::{DeliveryOutcome, DueDelivery, EndpointLease};
use store::webhook::{endpoint, work};

/// How long an endpoint's lease lasts without renewal, and how often it is renewed.
const LEASE_SECONDS: i64 = 15;
const LEASE_RENEWAL: Duration = Duration::from_secs(4);

/// Maximum number of endpoints that a replica looks up at a time.
const ENDPOINTS_PER_LOOKUP: u64 = 200;

/// How many more deliveries are read than can be sent, since some may have to wait for others.
const LOOK_AHEAD: usize = 50;

/// Workers for the endpoints that have deliveries due, one for each. They stop early when `ending` turns true.
pub async fn due(app: &Arc<App>, ending: &Arc<AtomicBool>) -> Result<Vec<DeliveryWorker>, StoreError> {
    if app.webhooks.keys.is_none() {
        return Ok(Vec::new());
    }
    let found = work::due(app.store.reader(), app.clock.now(), ENDPOINTS_PER_LOOKUP).await?;
    let worker = |(tenant, endpoint)| DeliveryWorker {
        app: app.clone(),
        ending: ending.clone(),
        lease: EndpointLease {
            tenant,
            endpoint,
            // A replica may find an endpoint again before its first worker has begun; only one of them gets the lease.
            owner: format!("{}-{:016x}", app.webhooks.replica, fastrand::u64(..)),
        },
    };
    Ok(found.into_iter().map(worker).collect())
}

/// Sends the deliveries of one endpoint.
pub struct DeliveryWorker {
    app: Arc<App>,
    lease: EndpointLease,
    ending: Arc<AtomicBool>,
}

/// Where to send, and what to sign with.
struct DeliveryTarget {
    url: String,
    secrets: Vec<Secret>,
}

/// A request that was sent.
struct SentDelivery {
    due: DueDelivery,
    attempt: WebhookAttempt,
}

impl DeliveryWorker {
    /// Works until nothing is due, or another worker has the lease; returns how many requests were sent.
    pub async fn run(self) -> Result<usize, StoreError> {
        if !self.take().await? {
            return Ok(0);
        }
        let worked = self.work().await;
        // If its secret cannot be decrypted, the lease is kept, so that nothing is tried again until it expires.
        if !matches!(worked, Ok(None)) {
            let transaction = self.app.store.begin_unaudited().await?;
            self.lease.release(&transaction).await?;
            transaction.commit().await?;
        }
        Ok(worked?.unwrap_or_default())
    }

    /// Takes the endpoint's lease; returns whether this worker has it.
    async fn take(&self) -> Result<bool, StoreError> {
        let now = self.app.clock.now();
        let transaction = self.app.store.begin_unaudited().await?;
        let until = now + TimeDelta::seconds(LEASE_SECONDS);
        let is_ours = self.lease.acquire(&transaction, now, until).await?;
        transaction.commit().await?;
        Ok(is_ours)
    }

    /// Renews the lease; returns whether this worker still has it. If another had it meanwhile, what was read before is
    /// outdated.
    async fn keep(&self) -> Result<bool, StoreError> {
        let until = self.app.clock.now() + TimeDelta::seconds(LEASE_SECONDS);
        let transaction = self.app.store.begin_unaudited().await?;
        let is_ours = self.lease.renew(&transaction, until).await?;
        transaction.commit().await?;
        Ok(is_ours)
    }

    async fn work(&self) -> Result<Option<usize>, StoreError> {
        // Requests continue while the results of others are written.
        let mut under_way = JoinSet::new();
        let (mut known, mut next) = (HashSet::new(), VecDeque::new());
        let (mut sent, mut at_once, mut goes_on) = (0, self.app.webhooks.at_once, true);
        loop {
            if goes_on && known.len() < at_once && !self.ending.load(Ordering::Relaxed) {
                if next.is_empty() {
                    next = self.ready(&known).await?;
                }
                let room = next.len().min(at_once - known.len());
                if room > 0 {
                    match self.target().await? {
                        Ok(Some(target)) => {
                            let target = Arc::new(target);
                            for due in next.drain(..room) {
                                known.insert(due.id);
                                sent += 1;
                                under_way.spawn(send(self.app.clone(), self.lease.tenant, target.clone(), due));
                            }
                        }
                        Ok(None) => goes_on = false,
                        Err(error) => {
                            tracing::error!(%error, endpoint = %self.lease.endpoint, "cannot sign messages for a webhook endpoint");
                            return Ok(None);
                        }
                    }
                }
            }
            let first = match timeout(LEASE_RENEWAL, under_way.join_next()).await {
                Ok(Some(first)) => first,
                Ok(None) => return Ok(Some(sent)),
                Err(_) => {
                    goes_on &= self.keep().await?;
                    continue;
                }
            };
            // Results that have come in meanwhile are written together.
            let mut done = vec![joined(first)];
            while let Some(more) = under_way.try_join_next() {
                done.push(joined(more));
            }
            for sent in &done {
                known.remove(&sent.due.id);
                self.app.metrics.webhooks.attempted(sent.attempt.has_succeeded());
            }
            let has_succeeded = done.iter().any(|sent| sent.attempt.has_succeeded());
            at_once = if has_succeeded { self.app.webhooks.at_once } else { 1 };
            goes_on &= self.write(done).await?;
        }
    }

    /// The endpoint's current target; `None`: the endpoint was deleted.
    async fn target(&self) -> Result<Result<Option<DeliveryTarget>, SealingError>, StoreError> {
        let (tenant, id) = (self.lease.tenant, self.lease.endpoint);
        let (reader, scope) = (self.app.store.reader(), Scope::tenant_wide(tenant));
        let Some((url, sealed)) = endpoint::target(reader, &scope, id, self.app.clock.now()).await? else {
            return Ok(Ok(None));
        };
        let Some(keys) = &self.app.webhooks.keys else {
            return Ok(Err(SealingError::Malformed));
        };
        let secrets = sealed
            .iter()
            .map(|sealed| keys.open(tenant, id.uuid(), sealed))
            .collect();
        Ok(Result::map(secrets, |secrets| Some(DeliveryTarget { url, secrets })))
    }

    /// The deliveries that can be sent now: due, not in flight, and the first about their object. Those that must wait
    /// are parked.
    async fn ready(&self, known: &HashSet<WebhookDeliveryId>) -> Result<VecDeque<DueDelivery>, StoreError> {
        loop {
            let limit = known.len() + self.app.webhooks.at_once + LOOK_AHEAD;
            let mut found = self
                .lease
                .due(self.app.store.reader(), self.app.clock.now(), limit)
                .await?;
            found.retain(|due| !known.contains(&due.id));
            let (waiting, ready): (Vec<_>, Vec<_>) = found.into_iter().partition(|due| due.waits);
            if !waiting.is_empty() {
                let ids: Vec<_> = waiting.iter().map(|due| due.id).collect();
                let transaction = self.app.store.begin_unaudited().await?;
                if self.lease.lock(&transaction).await?.is_none() {
                    return Ok(VecDeque::new());
                }
                self.lease.park(&transaction, &ids).await?;
                transaction.commit().await?;
            }
            if !ready.is_empty() || waiting.is_empty() {
                return Ok(ready.into());
            }
        }
    }

    /// Writes the results of requests; returns whether there may be more to send.
    async fn write(&self, done: Vec<SentDelivery>) -> Result<bool, StoreError> {
        // Attempts are stored with their deliveries; the audit log only records that an endpoint is switched off.
        let writer = Writer::job(self.lease.tenant, "send_webhook_deliveries");
        let transaction = self.app.begin(&writer).await?;
        let Some(mut health) = self.lease.lock(&transaction).await? else {
            // Another worker has the lease, or the endpoint was deleted.
            return Ok(false);
        };
        let now = self.app.clock.now();
        let mut gone = None;
        let outcomes: Vec<_> = done
            .into_iter()
            .map(|sent| outcome(sent, now, fastrand::u32(..)))
            .collect();
        for outcome in &outcomes {
            match outcome.status {
                WebhookDeliveryStatus::Delivered => (health.quiet_since, health.failed_count) = (now, 0),
                WebhookDeliveryStatus::Failed => health.failed_count = health.failed_count.saturating_add(1),
                WebhookDeliveryStatus::Pending | WebhookDeliveryStatus::Canceled => {}
            }
            if outcome.attempt.is_gone() {
                gone = Some(GONE.to_owned());
            }
        }
        self.lease.write(&transaction, outcomes, now).await?;
        let disabled = gone.or_else(|| disable_reason(health.quiet_since, health.failed_count, now));
        let disabled = disabled.filter(|_| health.active);
        let until = now + TimeDelta::seconds(LEASE_SECONDS);
        if let Some(reason) = &disabled {
            transaction.noted_of::<WebhookEndpoint>(self.lease.endpoint, "disabledReason", reason.as_str());
        }
        self.lease
            .write_health(&transaction, &health, disabled.as_deref(), (now, until))
            .await?;
        transaction.commit().await?;
        if let Some(reason) = &disabled {
            tracing::warn!(endpoint = %self.lease.endpoint, reason, "disabled a webhook endpoint");
        }
        Ok(health.active && disabled.is_none())
    }
}

/// Sends a request.
async fn send(app: Arc<App>, tenant: TenantId, target: Arc<DeliveryTarget>, due: DueDelivery) -> SentDelivery {
    let (at, start) = (app.clock.now(), Instant::now());
    let id = due.id.to_string();
    let signature = signatures(&target.secrets, &id, at, &due.payload);
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", at.timestamp().to_string()),
        ("webhook-signature", signature),
    ];
    let outgoing = &app.webhooks.outgoing;
    let tenant = tenant.to_string();
    let posting = outgoing.post(&tenant, &target.url, &headers, due.payload.clone());
    let (status_code, error, answer) = match posting.await {
        Ok(answer) => {
            // PostgreSQL's documents cannot hold U+0000.
            let text = String::from_utf8_lossy(&answer.beginning).replace('\0', "\u{fffd}");
            (Some(answer.status), None, Some(text))
        }
        Err(error) => (None, Some(error.for_strangers().to_string()), None),
    };
    let attempt = WebhookAttempt {
        at,
        status_code,
        error,
        milliseconds: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX),
        answer,
    };
    SentDelivery { due, attempt }
}

/// The outcome of an attempt: delivered, to be retried, or failed for good once [`next_attempt`] gives no time.
fn outcome(SentDelivery { due, attempt }: SentDelivery, now: domain::Timestamp, chance: u32) -> DeliveryOutcome {
    let next = next_attempt(due.attempt_count + 1, now, chance);
    let (status, next_attempt_at) = match (attempt.has_succeeded(), next) {
        (true, _) => (WebhookDeliveryStatus::Delivered, None),
        (false, Some(next)) => (WebhookDeliveryStatus::Pending, Some(next)),
        (false, None) => (WebhookDeliveryStatus::Failed, None),
    };
    DeliveryOutcome {
        due,
        attempt,
        status,
        next_attempt_at,
    }
}
