//! Limits what each tenant may take of the database, so that some of it is left for the others: the number of its
//! concurrent connections, and its time on them. A tenant that has used up its share waits while others proceed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use domain::id::TenantId;

/// For how many seconds unused time may accumulate.
const KEPT: u32 = 60;

/// Number of shares in memory from which on unused ones are evicted.
const EVICT_ABOVE: usize = 1_000;

/// Each tenant's share.
#[derive(Clone, Copy, Debug)]
pub struct ShareOptions {
    /// Concurrent connections: statements outside of transactions, and transactions.
    pub statements: u32,
    /// Seconds on connections for each second that passes.
    pub seconds: u32,
}

impl Default for ShareOptions {
    fn default() -> Self {
        Self {
            statements: 6,
            seconds: 4,
        }
    }
}

/// The shares of all tenants.
pub struct Shares {
    options: ShareOptions,
    by_tenant: Mutex<HashMap<TenantId, Arc<TenantShare>>>,
}

impl Shares {
    pub fn new(options: ShareOptions) -> Self {
        Self {
            options,
            by_tenant: Mutex::default(),
        }
    }

    pub fn of(&self, tenant: TenantId) -> Arc<TenantShare> {
        let mut shares = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        if shares.len() >= EVICT_ABOVE {
            let now = Instant::now();
            shares.retain(|_, share| Arc::strong_count(share) > 1 || !share.is_whole(now));
        }
        let share = shares
            .entry(tenant)
            .or_insert_with(|| Arc::new(TenantShare::new(self.options)));
        share.clone()
    }
}

/// The share of one tenant.
pub struct TenantShare {
    statements: Arc<Semaphore>,
    /// How many callers wait for a turn.
    waiting: AtomicUsize,
    /// Connection time that may be spent for each second that passes.
    rate: u32,
    budget: Mutex<Budget>,
}

struct Budget {
    /// The time that was left at `filled`.
    left: Duration,
    /// The time that was spent beyond it.
    debt: Duration,
    filled: Instant,
}

impl TenantShare {
    fn new(options: ShareOptions) -> Self {
        let rate = options.seconds.max(1);
        Self {
            statements: Arc::new(Semaphore::new(options.statements.max(1) as usize)),
            waiting: AtomicUsize::new(0),
            rate,
            budget: Mutex::new(Budget {
                left: most(rate),
                debt: Duration::ZERO,
                filled: Instant::now(),
            }),
        }
    }

    /// Waits until the share allows one more connection.
    pub async fn turn(self: &Arc<Self>) -> SharePermit {
        let waits = WaitingGuard::new(&self.waiting);
        let permit = self.statements.clone().acquire_owned().await;
        drop(waits);
        loop {
            let wait = self.budget(Instant::now(), Duration::ZERO);
            if wait.is_zero() {
                break;
            }
            tokio::time::sleep(wait).await;
        }
        SharePermit {
            share: self.clone(),
            start: Instant::now(),
            _permit: permit.ok(),
        }
    }

    /// Whether callers wait for a turn that others of the tenant have.
    pub fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    fn is_whole(&self, now: Instant) -> bool {
        self.budget(now, Duration::ZERO);
        let budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        budget.left == most(self.rate)
    }

    /// Brings the budget up to date, deducts what was spent, and returns how long it takes until the debt is paid.
    fn budget(&self, now: Instant, spent: Duration) -> Duration {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.saturating_duration_since(budget.filled).saturating_mul(self.rate);
        let has = budget.left.saturating_add(gained).min(most(self.rate));
        let owes = budget.debt.saturating_add(spent);
        *budget = Budget {
            left: has.saturating_sub(owes),
            debt: owes.saturating_sub(has),
            filled: now.max(budget.filled),
        };
        budget.debt / self.rate
    }
}

fn most(rate: u32) -> Duration {
    Duration::from_secs(u64::from(rate) * u64::from(KEPT))
}

/// Counts as a waiting caller until it is dropped.
struct WaitingGuard<'a>(&'a AtomicUsize);

impl<'a> WaitingGuard<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for WaitingGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Permission to use a connection, which is returned, and whose time is charged, when it is dropped.
pub struct SharePermit {
    share: Arc<TenantShare>,
    start: Instant,
    _permit: Option<OwnedSemaphorePermit>,
}

impl SharePermit {
    /// Its time is charged from now on: before, it only waited for others.
    pub fn begin(&mut self) {
        self.start = Instant::now();
    }
}

impl Drop for SharePermit {
    fn drop(&mut self) {
        self.share.budget(Instant::now(), self.start.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(statements: u32, seconds: u32) -> Arc<TenantShare> {
        Arc::new(TenantShare::new(ShareOptions { statements, seconds }))
    }

    #[test]
    fn who_has_had_more_than_its_time_waits() {
        let (share, start) = (share(1, 2), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        // Two minutes are kept.
        assert_eq!(share.budget(start, Duration::from_secs(119)), Duration::ZERO);
        assert_eq!(share.budget(start, Duration::from_secs(7)), Duration::from_secs(3));
        assert_eq!(share.budget(after(1), Duration::ZERO), Duration::from_secs(2));
        assert_eq!(share.budget(after(3), Duration::ZERO), Duration::ZERO);
        assert!(!share.is_whole(after(3)));
        assert!(share.is_whole(after(70)));
    }

    #[tokio::test]
    async fn so_many_have_a_turn_at_once() {
        let share = share(2, 1);
        let (first, _second) = (share.turn().await, share.turn().await);
        let mut third = Box::pin(share.turn());
        assert!(!share.is_waited_for());
        assert!(futures::poll!(&mut third).is_pending());
        assert!(share.is_waited_for());
        drop(first);
        assert!(futures::poll!(&mut third).is_ready());
        assert!(!share.is_waited_for());
    }

    #[test]
    fn tenants_have_shares_of_their_own() {
        let shares = Shares::new(ShareOptions::default());
        let tenant = |number| TenantId::from_uuid(uuid::Uuid::from_u128(number));
        assert!(Arc::ptr_eq(&shares.of(tenant(1)), &shares.of(tenant(1))));
        assert!(!Arc::ptr_eq(&shares.of(tenant(1)), &shares.of(tenant(2))));
        for number in 0..5_000 {
            shares.of(tenant(number));
        }
        assert!(shares.by_tenant.lock().unwrap().len() <= EVICT_ABOVE);
    }
}
