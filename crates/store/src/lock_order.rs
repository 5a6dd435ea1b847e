//! The one order in which transactions take locks, so that no two of them wait for each other. docs/ledger.md has the
//! same list.
//!
//! What is in force is locked by name, not by row: shared by who decides by it, exclusively by who changes it. Row locks
//! would let writers that share starve the one that changes, and would write to a row that everybody reads. These locks
//! are advisory ones, which are granted in the order of asking, are kept in memory and end with the transaction.
//!
//! On SQLite one transaction writes at a time, from its beginning, so that nothing is locked there.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use domain::id::{CampaignId, TenantId};

/// What decides about amounts, times and payouts, and is not a partner's own. In the order of locking; of one kind, in
/// the order of ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InForce {
    /// The tenant's settings: its time zone and minimum payouts.
    Settings,
    /// A campaign: its terms, window, status and advertiser.
    Campaign(CampaignId),
    /// All partner groups: which of them counts is only known once the partner is locked, or is the default one.
    Groups,
    /// All tiered commissions: which of them count depends on the campaign, and new ones do, too.
    Tiers,
    /// All commission rules, payment stages and custom fields, by which deals pay.
    Pipeline,
    /// Which rows can be paid out: shared by who writes or moves rows, exclusively by a payout run, so that nothing
    /// becomes payable at a time before the run's without being seen by it.
    Payouts,
}

impl InForce {
    /// The key of its advisory lock: the random part of the id of its object, or of its tenant, and its kind.
    pub(super) fn key(self, tenant: TenantId) -> i64 {
        let (kind, id) = match self {
            Self::Settings => (1, tenant.uuid()),
            Self::Campaign(id) => (2, id.uuid()),
            Self::Groups => (3, tenant.uuid()),
            Self::Tiers => (4, tenant.uuid()),
            Self::Pipeline => (5, tenant.uuid()),
            Self::Payouts => (6, tenant.uuid()),
        };
        let (_, random) = id.as_u64_pair();
        (random ^ u64::wrapping_mul(kind, 0x9E37_79B9_7F4A_7C15)).cast_signed()
    }
}

/// In the order of locking, each once.
pub(super) fn sorted(in_force: &[InForce]) -> Vec<InForce> {
    let mut sorted = in_force.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// A lock, in the order of locking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lock {
    InForce(InForce),
    /// The row of an object that is changed by itself: its table and its id.
    Object(&'static str, Uuid),
    Partner(Uuid),
    Customer(Uuid),
    Visitor(Uuid),
    Event(Uuid),
}

/// The locks that a transaction holds, and whether exclusively. Builds for tests check their order.
#[derive(Default)]
pub(crate) struct HeldLocks(Mutex<BTreeMap<Lock, bool>>);

impl HeldLocks {
    /// Notes locks that were taken, in this order.
    ///
    /// # Panics
    /// In debug builds, where a lock was taken after one that comes later in the order, or exclusively after being
    /// shared.
    pub fn add(&self, locks: impl Iterator<Item = (Lock, bool)>) {
        if !cfg!(debug_assertions) {
            return;
        }
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (lock, is_exclusive) in locks {
            match held.get(&lock) {
                Some(was_exclusive) => assert!(
                    *was_exclusive || !is_exclusive,
                    "{lock:?} is locked exclusively after being shared: two transactions that do so wait for each other"
                ),
                None => {
                    if let Some((last, _)) = held.last_key_value() {
                        assert!(
                            *last < lock,
                            "{lock:?} is locked after {last:?}: docs/ledger.md says in which order locks are taken"
                        );
                    }
                    held.insert(lock, is_exclusive);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    fn campaign() -> InForce {
        InForce::Campaign(CampaignId::new(Timestamp::UNIX_EPOCH))
    }

    fn add(held: &HeldLocks, lock: Lock, is_exclusive: bool) {
        held.add([(lock, is_exclusive)].into_iter());
    }

    #[test]
    fn what_is_in_force_is_locked_in_its_order() {
        let campaigns = [campaign(), campaign()];
        let mut expected = [
            vec![InForce::Settings],
            campaigns.to_vec(),
            vec![InForce::Groups, InForce::Payouts],
        ]
        .concat();
        let shuffled = [
            InForce::Payouts,
            campaigns[1],
            InForce::Groups,
            campaigns[0],
            InForce::Settings,
        ];
        expected[1..3].sort();
        assert_eq!(sorted(&shuffled), expected);
    }

    #[test]
    fn every_lock_has_a_key_of_its_own() {
        let tenant = TenantId::new(Timestamp::UNIX_EPOCH);
        let all = [
            InForce::Settings,
            campaign(),
            campaign(),
            InForce::Groups,
            InForce::Tiers,
            InForce::Pipeline,
            InForce::Payouts,
        ];
        let keys: std::collections::BTreeSet<_> = all.iter().map(|one| one.key(tenant)).collect();
        assert_eq!(keys.len(), all.len());
    }

    #[test]
    fn a_lock_is_taken_again_whenever() {
        let (held, one) = (HeldLocks::default(), Uuid::from_u128(1));
        add(&held, Lock::InForce(InForce::Payouts), true);
        add(&held, Lock::Partner(one), true);
        add(&held, Lock::InForce(InForce::Payouts), false);
    }

    #[test]
    #[should_panic(expected = "is locked after Partner")]
    fn what_is_in_force_is_not_locked_after_a_partner() {
        let held = HeldLocks::default();
        add(&held, Lock::Partner(Uuid::from_u128(1)), true);
        add(&held, Lock::InForce(InForce::Tiers), false);
    }

    #[test]
    #[should_panic(expected = "is locked after Partner")]
    fn a_smaller_id_is_not_locked_after_a_greater_one() {
        let held = HeldLocks::default();
        add(&held, Lock::Partner(Uuid::from_u128(2)), true);
        add(&held, Lock::Partner(Uuid::from_u128(1)), true);
    }

    #[test]
    #[should_panic(expected = "exclusively after being shared")]
    fn what_is_shared_is_not_changed() {
        let held = HeldLocks::default();
        add(&held, Lock::InForce(InForce::Tiers), false);
        add(&held, Lock::InForce(InForce::Tiers), true);
    }
}
