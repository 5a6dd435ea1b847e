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

use sea_orm::sea_query::{ArrayType, Expr};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement, Value};
use uuid::Uuid;

use super::{Connection, StoreError};
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
    fn key(self, tenant: TenantId) -> i64 {
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

/// A lock, in the order of locking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lock {
    InForce(InForce),
    /// The row of an object that is changed by itself: its table and its id.
    Object(&'static str, Uuid),
    Partner(Uuid),
    Customer(Uuid),
    Event(Uuid),
}

/// Keeps others from changing this until the transaction ends.
pub async fn share(transaction: &Connection, tenant: TenantId, in_force: &[InForce]) -> Result<(), StoreError> {
    take(transaction, tenant, in_force, &[]).await
}

/// Waits for the transactions that decide by this, and makes later ones wait until this one ends. The time of a change
/// is to be taken afterwards: then times are in the order of what they decide.
pub async fn change(transaction: &Connection, tenant: TenantId, in_force: &[InForce]) -> Result<(), StoreError> {
    take(transaction, tenant, &[], in_force).await
}

/// [`share`], and then [`change`] for what comes later in the order, by one statement.
pub async fn take(
    transaction: &Connection,
    tenant: TenantId,
    shared: &[InForce],
    changed: &[InForce],
) -> Result<(), StoreError> {
    let (shared, changed) = (sorted(shared), sorted(changed));
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // Without a table, so that Citus runs it where every gateway does. What stands first is evaluated first.
    let sql = "SELECT (SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1::bigint[]) AS key) AS shared,
        (SELECT count(pg_advisory_xact_lock(key)) FROM unnest($2::bigint[]) AS key) AS changed";
    let values = [keys(&shared, tenant), keys(&changed, tenant)];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    transaction.query_one_raw(statement).await?;
    let both = [(shared, false), (changed, true)];
    let locks = both
        .into_iter()
        .flat_map(|(locks, mode)| locks.into_iter().map(move |one| (Lock::InForce(one), mode)));
    transaction.hold(locks);
    Ok(())
}

/// Like [`share`], by a condition of the statement that locks rows next: it is evaluated before any row is. `None`:
/// there is nothing to add. The caller calls [`Connection::hold`] with [`shared`] afterwards.
pub(crate) async fn sharing(
    transaction: &Connection,
    tenant: TenantId,
    in_force: &[InForce],
) -> Result<Option<Expr>, StoreError> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(None);
    }
    if transaction.is_distributed() {
        // The statement runs on the tenant's server, which is another one after a move.
        share(transaction, tenant, in_force).await?;
        return Ok(None);
    }
    const SHARING: &str = "(SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1) AS key) >= 0";
    Ok(Some(Expr::cust_with_values(SHARING, [keys(&sorted(in_force), tenant)])))
}

/// What [`sharing`] has locked.
pub(crate) fn shared(in_force: &[InForce]) -> impl Iterator<Item = (Lock, bool)> {
    sorted(in_force).into_iter().map(|one| (Lock::InForce(one), false))
}

/// Notes that the row of an object was locked, in the place of its kind.
pub(crate) fn hold_object<E: EntityTrait + Default>(transaction: &Connection, id: Uuid) {
    let table = E::default().table_name();
    let lock = match table {
        "partner" => Lock::Partner(id),
        "customer" => Lock::Customer(id),
        "event" => Lock::Event(id),
        _ => Lock::Object(table, id),
    };
    transaction.hold([(lock, true)].into_iter());
}

fn sorted(in_force: &[InForce]) -> Vec<InForce> {
    let mut sorted = in_force.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

fn keys(in_force: &[InForce], tenant: TenantId) -> Value {
    let keys = in_force.iter().map(|one| Value::BigInt(Some(one.key(tenant))));
    Value::Array(ArrayType::BigInt, Some(Box::new(keys.collect())))
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
