//! What a tenant's requests may occupy at once, so that other tenants find room: places among the requests in flight, and
//! turns on the processors.
//!
//! A request works only while its tenant has a turn: from one wait for the database, the network or a timer to the next.
//! However many requests a tenant sends, its turns occupy only so many of the threads; the others are free for everybody
//! else.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::FutureExt;
use tokio::sync::Semaphore;

use super::HttpState;
use super::codes;
use super::errors::refusal;
use super::guard::DocumentProblem;
use super::options::RequestsSection;
use super::permits::{ConcurrencyLimits, ConcurrencyPermit};
use domain::id::TenantId;

/// When to retry while there is no place, in seconds: requests are short.
const RETRY_AFTER_SECONDS: u64 = 1;

/// Number of tenants at which those without requests are first evicted.
const EVICT_ABOVE: usize = 1_000;

pub struct InFlight {
    settings: RequestsSection,
    places: ConcurrencyLimits,
    /// How many threads work for one tenant at most.
    threads_per_tenant: usize,
    turns: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
}

/// There is no place for a request.
pub enum NoPlace {
    /// The tenant has as many requests in flight as it may have.
    Tenant(usize),
    /// Everybody together has.
    Everybody,
}

/// The turns of one tenant.
#[derive(Clone)]
pub struct Turns(Arc<Semaphore>);

impl InFlight {
    /// `threads` work on requests.
    pub fn new(settings: RequestsSection, threads: usize) -> Self {
        let percent = usize::from(settings.tenant_thread_percent);
        Self {
            settings,
            places: ConcurrencyLimits::default(),
            threads_per_tenant: (threads * percent / 100).max(1),
            turns: Mutex::default(),
        }
    }

    /// A place for one more request of a tenant, which is released when dropped.
    pub fn enter(&self, tenant: TenantId) -> Result<ConcurrencyPermit, NoPlace> {
        let RequestsSection {
            at_once, per_tenant, ..
        } = self.settings;
        let places = self
            .places
            .take([(tenant.to_string(), per_tenant), (String::new(), at_once)]);
        places.map_err(|full| match full {
            0 => NoPlace::Tenant(per_tenant),
            _ => NoPlace::Everybody,
        })
    }

    pub fn turns(&self, tenant: TenantId) -> Turns {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= EVICT_ABOVE {
            turns.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        let semaphore = turns
            .entry(tenant)
            .or_insert_with(|| Arc::new(Semaphore::new(self.threads_per_tenant)));
        Turns(semaphore.clone())
    }
}

impl Turns {
    /// Completes `work`, each step of it in a turn. Must not be nested: the inner work would wait for the turn that the
    /// outer one has.
    pub async fn take<T>(self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut waiting = None;
        std::future::poll_fn(|context| {
            let turn = match &mut waiting {
                None => match self.0.clone().try_acquire_owned() {
                    Ok(turn) => turn,
                    Err(_) => {
                        let mut queued = self.0.clone().acquire_owned().boxed();
                        match queued.poll_unpin(context) {
                            Poll::Ready(turn) => turn.expect("nobody closes it"),
                            Poll::Pending => {
                                waiting = Some(queued);
                                return Poll::Pending;
                            }
                        }
                    }
                },
                Some(queued) => match queued.poll_unpin(context) {
                    Poll::Ready(turn) => turn.expect("nobody closes it"),
                    Poll::Pending => return Poll::Pending,
                },
            };
            waiting = None;
            let polled = work.as_mut().poll(context);
            drop(turn);
            polled
        })
        .await
    }
}

impl NoPlace {
    /// The error as it appears in answers without data.
    pub fn problem(&self) -> DocumentProblem {
        match self {
            Self::Tenant(most) => DocumentProblem::new(
                codes::THROTTLED,
                format!("this tenant has {most} requests in flight, the maximum: wait until one ends"),
            ),
            Self::Everybody => DocumentProblem::new(
                codes::UNAVAILABLE,
                "too many requests are in flight: try again in a second",
            ),
        }
    }

    pub fn answer(&self, request_id: &str) -> Response {
        let status = match self {
            Self::Tenant(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Everybody => StatusCode::SERVICE_UNAVAILABLE,
        };
        let problem = self.problem();
        let mut response = refusal(status, problem.code, problem.message, request_id);
        let again = HeaderValue::from(RETRY_AFTER_SECONDS);
        response.headers_mut().insert(header::RETRY_AFTER, again);
        response
    }
}

impl HttpState {
    /// The turns on the processors of a tenant's requests.
    pub(super) fn turns_of(&self, tenant: TenantId) -> Turns {
        self.in_flight.turns(tenant)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::oneshot;

    use super::*;
    use domain::Timestamp;

    fn in_flight(threads: usize) -> InFlight {
        InFlight::new(RequestsSection::default(), threads)
    }

    fn tenant() -> TenantId {
        TenantId::new(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_tenant_has_half_of_the_threads_and_at_least_one() {
        for (threads, most) in [(1, 1), (2, 1), (3, 1), (4, 2), (64, 32)] {
            assert_eq!(in_flight(threads).threads_per_tenant, most, "{threads}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn only_so_many_threads_work_for_a_tenant_and_all_of_its_work_is_done() {
        let (in_flight, tenant) = (in_flight(4), tenant());
        let (working, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (working, most) = (working.clone(), most.clone());
                tokio::spawn(in_flight.turns(tenant).take(async move {
                    for _ in 0..20 {
                        most.fetch_max(working.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        working.fetch_sub(1, Ordering::SeqCst);
                        tokio::task::yield_now().await;
                    }
                }))
            })
            .collect();
        for task in tasks {
            task.await.expect("it comes to its end");
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[tokio::test]
    async fn who_waits_for_something_else_or_is_gone_keeps_no_turn() {
        let (in_flight, tenant) = (in_flight(1), tenant());
        let (tell, told) = oneshot::channel::<()>();
        let waits = tokio::spawn(in_flight.turns(tenant).take(told));
        tokio::task::yield_now().await;
        assert_eq!(in_flight.turns(tenant).take(async { 1 }).await, 1);
        // One that is in the queue and has been given up passes its turn on.
        let held = in_flight.turns(tenant).0.clone().acquire_owned().await.expect("open");
        let mut given_up = Box::pin(in_flight.turns(tenant).take(async { 2 }));
        let mut patient = Box::pin(in_flight.turns(tenant).take(async { 3 }));
        assert!(futures::poll!(&mut given_up).is_pending());
        assert!(futures::poll!(&mut patient).is_pending());
        drop(held);
        drop(given_up);
        assert_eq!(patient.await, 3);
        tell.send(()).expect("it waits");
        assert!(waits.await.expect("it comes to its end").is_ok());
    }

    #[test]
    fn places_are_counted_for_each_tenant_and_for_all() {
        let settings = RequestsSection {
            at_once: 3,
            per_tenant: 2,
            ..RequestsSection::default()
        };
        let in_flight = InFlight::new(settings, 1);
        let later = |seconds| TenantId::new(Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        let (acme, other) = (later(1), later(2));
        let first = in_flight.enter(acme).ok();
        let _second = in_flight.enter(acme).ok();
        assert!(matches!(in_flight.enter(acme), Err(NoPlace::Tenant(2))));
        let third = in_flight.enter(other).ok();
        assert!(first.is_some() && third.is_some());
        assert!(matches!(in_flight.enter(other), Err(NoPlace::Everybody)));
        drop(first);
        assert!(in_flight.enter(other).is_ok());
    }
}
