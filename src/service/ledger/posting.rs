//! What an operation does to the ledger, written all together.

use std::collections::HashMap;

use crate::domain::Timestamp;
use crate::domain::commission::{Balance, Commission, CommissionStatus, CommissionTransition, PaymentTarget};
use crate::domain::id::{CommissionId, PartnerId, PayoutId, TenantId};
use crate::domain::money::Currency;
use crate::store::{self, StoreError, Transaction, Writes};

/// New rows and moves of old ones, with everything that must go with them. The caller holds the lock of every partner
/// concerned.
pub struct Posting {
    tenant: TenantId,
    actor: String,
    now: Timestamp,
    new: Vec<Commission>,
    moved: Vec<Commission>,
    transitions: Vec<(CommissionId, CommissionTransition)>,
    balances: HashMap<(PartnerId, Currency), Balance>,
}

impl Posting {
    pub fn new(tenant: TenantId, actor: &str, now: Timestamp) -> Self {
        let (new, moved, transitions, balances) = Default::default();
        Self {
            tenant,
            actor: actor.to_owned(),
            now,
            new,
            moved,
            transitions,
            balances,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Writes a new row with the status that it has.
    pub fn write(&mut self, row: Commission, reason: Option<&str>) {
        self.note(row.id, None, row.status, reason);
        self.add(&row, row.status, row.amount.minor());
        self.new.push(row);
    }

    /// Moves a row, if the state machine has such a move.
    pub fn move_to(&mut self, row: &Commission, status: CommissionStatus, reason: Option<&str>) -> Option<Commission> {
        let moved = row.clone().moved(status, self.now)?;
        self.note(row.id, Some(row.status), status, reason);
        self.add(row, row.status, -row.amount.minor());
        self.add(row, status, row.amount.minor());
        if row.is_reserved() {
            // Whatever it becomes, an open payout holds it no longer.
            self.reserve(row, -row.amount.minor());
        }
        self.moved.push(moved.clone());
        Some(moved)
    }

    /// Puts an approved row into an open payout.
    pub fn put_into(&mut self, row: &Commission, payout: PayoutId) {
        self.reserve(row, row.amount.minor());
        self.moved.push(Commission {
            payout_id: Some(payout),
            ..row.clone()
        });
    }

    /// Takes a row out of a payout that comes to nothing.
    pub fn release(&mut self, row: &Commission) {
        self.reserve(row, -row.amount.minor());
        self.moved.push(Commission {
            payout_id: None,
            ..row.clone()
        });
    }

    /// Writes everything.
    pub async fn write_to(self, transaction: &Transaction) -> Result<(), StoreError> {
        self.write_between(transaction, Writes::default(), Writes::default())
            .await
    }

    /// Writes everything, together with what is to be written before it and after it.
    pub async fn write_between(
        self,
        transaction: &Transaction,
        before: Writes,
        after: Writes,
    ) -> Result<(), StoreError> {
        store::commission::update_status(transaction, self.tenant, &self.moved).await?;
        let own = Writes::of(|writes| {
            store::commission::insert(writes, self.tenant, &self.new);
            store::commission::insert_transitions(writes, self.tenant, &self.transitions);
            // In the order of ids, as all locks are taken.
            let mut changes: Vec<_> = self
                .balances
                .into_iter()
                .map(|((partner, _), change)| (partner, change))
                .collect();
            changes.sort_by_key(|(partner, change)| (*partner, change.currency));
            store::balance::add(writes, self.tenant, &changes);
        });
        before.then(own).then(after).run(transaction).await
    }

    fn note(&mut self, row: CommissionId, from: Option<CommissionStatus>, to: CommissionStatus, reason: Option<&str>) {
        let (actor, reason) = (self.actor.clone(), reason.map(str::to_owned));
        self.transitions.push((
            row,
            CommissionTransition {
                from,
                to,
                actor,
                reason,
                at: self.now,
            },
        ));
    }

    fn add(&mut self, row: &Commission, status: CommissionStatus, minor: i64) {
        if let Some(balance) = self.balance(row) {
            *balance.of(status) += minor;
        }
    }

    fn reserve(&mut self, row: &Commission, minor: i64) {
        if let Some(balance) = self.balance(row) {
            balance.reserved += minor;
        }
    }

    /// The partner's change; `None` for rows owed to individuals, which stand outside.
    fn balance(&mut self, row: &Commission) -> Option<&mut Balance> {
        match row.payment_target {
            PaymentTarget::Partnership => {
                let currency = row.amount.currency();
                Some(
                    self.balances
                        .entry((row.partner_id, currency))
                        .or_insert_with(|| Balance::zero(currency)),
                )
            }
            PaymentTarget::Individual => None,
        }
    }
}
