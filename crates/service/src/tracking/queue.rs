//! What waits to be written. It is bounded, in all and for each tenant, so that the clicks of one do not displace those of
//! the others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use domain::Timestamp;
use domain::id::{CampaignId, LinkId, PartnerId, TenantId, TouchId};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// A link was followed.
    Click(Click),
    /// A page names the click that led to it.
    Join(Join),
    /// A page reports a link or a coupon.
    Met(Met),
}

#[derive(Clone, Debug)]
pub struct Click {
    pub id: TouchId,
    pub link_id: LinkId,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    /// By which the page names it.
    pub click_id: String,
    /// In the tenant's time zone, such as 2026-07-31.
    pub day: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Join {
    pub click_id: String,
    pub visitor_id: String,
    pub at: Timestamp,
    /// How often the click was looked for.
    pub tries: u32,
}

#[derive(Clone, Debug)]
pub struct Met {
    pub id: TouchId,
    pub visitor_id: String,
    pub thing: MetThing,
    pub day: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug)]
pub enum MetThing {
    /// A link, by its key.
    Link(String),
    /// A coupon, by its code as sent.
    Coupon(String),
}

/// An arrival of a tenant.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub tenant: TenantId,
    pub arrival: Arrival,
    /// Whether it may have been written already: the database did not confirm it.
    pub is_uncertain: bool,
}

#[derive(Default)]
struct Rows {
    waiting: VecDeque<Waiting>,
    of_tenant: HashMap<TenantId, usize>,
    /// Joins whose click is not there yet: another process may still have to write it.
    later: Vec<Waiting>,
}

pub struct Queue {
    most: usize,
    rows: Mutex<Rows>,
    arrived: Notify,
}

impl Queue {
    pub fn new(most: usize) -> Self {
        Self {
            most,
            rows: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    /// Adds an arrival; false: there is no room, and it is lost.
    pub fn push(&self, tenant: TenantId, arrival: Arrival) -> bool {
        let mut rows = self.rows();
        let of_tenant = rows.of_tenant.get(&tenant).copied().unwrap_or_default();
        if rows.waiting.len() >= self.most || of_tenant >= self.most.div_ceil(2) {
            return false;
        }
        rows.add(Waiting {
            tenant,
            arrival,
            is_uncertain: false,
        });
        drop(rows);
        self.arrived.notify_one();
        true
    }

    /// Takes the oldest.
    pub fn take(&self, most: usize) -> Vec<Waiting> {
        let mut rows = self.rows();
        let number = most.min(rows.waiting.len());
        let taken: Vec<_> = rows.waiting.drain(..number).collect();
        for waiting in &taken {
            if let Some(count) = rows.of_tenant.get_mut(&waiting.tenant) {
                *count -= 1;
                if *count == 0 {
                    rows.of_tenant.remove(&waiting.tenant);
                }
            }
        }
        taken
    }

    /// Returns what could not be written, behind the others: one tenant's trouble does not hold them up.
    pub fn give_back(&self, failed: impl IntoIterator<Item = Waiting>) {
        let mut rows = self.rows();
        failed.into_iter().for_each(|waiting| rows.add(waiting));
    }

    /// Keeps joins whose click is not there yet.
    pub fn put_off(&self, joins: impl IntoIterator<Item = Waiting>) {
        let mut rows = self.rows();
        let room = self.most.saturating_sub(rows.later.len());
        rows.later.extend(joins.into_iter().take(room));
    }

    /// Makes the joins that were put off wait again.
    pub fn try_again(&self) {
        let mut rows = self.rows();
        let later = std::mem::take(&mut rows.later);
        later.into_iter().for_each(|waiting| rows.add(waiting));
    }

    /// Forgets everything; returns how many touches are lost with it.
    pub fn clear(&self) -> u64 {
        let mut rows = self.rows();
        let lost = rows.waiting.len();
        *rows = Rows::default();
        u64::try_from(lost).unwrap_or(u64::MAX)
    }

    pub fn len(&self) -> usize {
        self.rows().waiting.len()
    }

    pub fn has_later(&self) -> bool {
        !self.rows().later.is_empty()
    }

    /// Completes once something has arrived since the last call.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn add(&mut self, waiting: Waiting) {
        *self.of_tenant.entry(waiting.tenant).or_default() += 1;
        self.waiting.push_back(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join() -> Arrival {
        Arrival::Join(Join {
            click_id: "c".to_owned(),
            visitor_id: "v".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            tries: 0,
        })
    }

    #[test]
    fn a_tenant_has_half_of_the_places() {
        let queue = Queue::new(4);
        let [a, b] = [0, 1].map(|_| TenantId::new(Timestamp::UNIX_EPOCH));
        assert!(queue.push(a, join()) && queue.push(a, join()) && !queue.push(a, join()));
        assert!(queue.push(b, join()) && queue.push(b, join()) && !queue.push(b, join()));
        let taken = queue.take(3);
        assert_eq!((taken.len(), queue.len()), (3, 1));
        assert!(queue.push(a, join()) && queue.push(a, join()) && !queue.push(a, join()));
        // What was taken has a place, however full it is.
        queue.give_back(taken);
        assert_eq!(queue.len(), 6);
        assert_eq!(queue.clear(), 6);
    }
}
