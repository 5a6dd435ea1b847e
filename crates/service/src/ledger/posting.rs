//! The changes that an operation makes to the ledger, written together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::clock::Clock;
use domain::Timestamp;
use domain::commission::{
    Balance, Commission, CommissionKind, CommissionStatus, CommissionTransition, Entered, ExplainedCommission,
    PaymentTarget,
};
use domain::history::Moment;
use domain::id::{CommissionId, PartnerId, PayoutId, TenantId};
use domain::money::Currency;
use store::partner::LockedPartner;
use store::{StoreError, Transaction, Writes};

/// The next moments of the histories of locked partners. Each partner has a clock of its own, so that a partner whose
/// history is ahead does not advance the others.
pub type Moments = BTreeMap<PartnerId, Moment>;

/// The next moments of partners whose locks are held. To be called after locking: what was written while this
/// transaction waited for the locks must be earlier.
pub fn moments(locked: &[LockedPartner], clock: &Clock) -> Moments {
    let now = clock.now();
    let next = |locked: &LockedPartner| (locked.partner.id, locked.last.next(now));
    locked.iter().map(next).collect()
}

/// A time that is later than all of these moments.
pub fn later_than(moments: impl Iterator<Item = Moment>, clock: &Clock) -> Timestamp {
    let later = moments.map(|moment| moment.at + TimeDelta::microseconds(1));
    later.fold(clock.now(), Ord::max)
}

/// New rows and status changes of existing ones, with everything that must be written with them. The caller holds the
/// lock of every partner concerned.
pub struct Posting {
    tenant: TenantId,
    actor: String,
    moments: Moments,
    /// The partners whose histories advance.
    touched: BTreeSet<PartnerId>,
    new: Vec<ExplainedCommission>,
    entered: Vec<(ExplainedCommission, Entered)>,
    moved: Vec<Commission>,
    transitions: Vec<(CommissionId, CommissionTransition)>,
    /// Transitions that are not announced in the outbox.
    quiet: Vec<(CommissionId, CommissionTransition)>,
    balances: HashMap<(PartnerId, Currency), Balance>,
    /// Whether a change of a balance has overflowed.
    is_too_large: bool,
}

impl Posting {
    /// `moments` must hold every partner whose rows are written or moved.
    pub fn new(tenant: TenantId, actor: &str, moments: Moments) -> Self {
        let (touched, new, entered, moved, transitions, quiet, balances) = Default::default();
        Self {
            tenant,
            actor: actor.to_owned(),
            moments,
            touched,
            new,
            entered,
            moved,
            transitions,
            quiet,
            balances,
            is_too_large: false,
        }
    }

    /// The time at which rows of the partner are written and moved.
    pub fn time_of(&self, partner: PartnerId) -> Timestamp {
        self.moment(partner).at
    }

    /// Continues at a later moment of the partner's history.
    pub fn step(&mut self, partner: PartnerId, moment: Moment) {
        self.moments.insert(partner, moment);
        self.touch(partner);
    }

    /// Advances the partner's history, whether or not rows change.
    pub fn touch(&mut self, partner: PartnerId) {
        self.touched.insert(partner);
    }

    /// Writes a new row with the status that it has.
    pub fn write(&mut self, commission: ExplainedCommission, reason: Option<&str>) {
        self.begin(&commission.row, reason);
        self.new.push(commission);
    }

    /// Writes a new row together with what was entered about it.
    pub fn enter(&mut self, commission: ExplainedCommission, entered: Entered, reason: Option<&str>) {
        self.begin(&commission.row, reason);
        self.entered.push((commission, entered));
    }

    /// Like [`Self::enter`], for a row of the past, which is not announced.
    pub fn bring_in(&mut self, commission: ExplainedCommission, entered: Entered) {
        self.enter(commission, entered, None);
        self.quiet.extend(self.transitions.pop());
    }

    /// Moves a row to another status, if the state machine has such a transition.
    pub fn move_to(&mut self, row: &Commission, status: CommissionStatus, reason: Option<&str>) -> Option<Commission> {
        let moved = row.clone().moved(status, self.time_of(row.partner_id))?;
        self.note(row, Some(row.status), status, reason);
        self.add(row, row.status, -row.amount.minor());
        self.add(row, status, row.amount.minor());
        if row.is_reserved() {
            // Whatever its new status is, no open payout reserves it any more.
            self.reserve(row, -row.amount.minor());
        }
        self.moved.push(moved.clone());
        Some(moved)
    }

    /// Puts an approved row into an open payout.
    pub fn put_into(&mut self, row: &Commission, payout: PayoutId) {
        self.touch(row.partner_id);
        self.reserve(row, row.amount.minor());
        self.moved.push(Commission {
            payout_id: Some(payout),
            ..row.clone()
        });
    }

    /// Takes a row out of a payout that failed or was canceled.
    pub fn release(&mut self, row: &Commission) {
        self.touch(row.partner_id);
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
        if self.is_too_large {
            return Err(StoreError::SumTooLarge);
        }
        let writes_history = !self.transitions.is_empty() || !self.quiet.is_empty();
        let entry = writes_history.then(|| transaction.audit_entry()).flatten();
        let own = Writes::of(|writes| {
            store::commission::set_state(writes, self.tenant, &self.moved);
            store::commission::insert(writes, self.tenant, &self.new);
            store::commission::insert_entered(writes, self.tenant, &self.entered);
            store::commission::announce(writes, self.tenant, &self.transitions);
            let transitions = [self.transitions, self.quiet].concat();
            store::commission::insert_transitions(writes, self.tenant, &transitions, entry);
            // In the order of ids, as all locks are taken.
            let mut changes: Vec<_> = self
                .balances
                .into_iter()
                .map(|((partner, _), change)| (partner, change))
                .collect();
            changes.sort_by_key(|(partner, change)| (*partner, change.currency));
            store::balance::add(writes, self.tenant, &changes);
            let moments = self.moments.into_iter();
            let taken = moments.filter(|(partner, _)| self.touched.contains(partner));
            store::partner::advance(writes, self.tenant, taken);
        });
        transaction.run(before.then(own).then(after)).await
    }

    /// The step of the partner's history that this posting is.
    pub fn moment(&self, partner: PartnerId) -> Moment {
        let moment = self.moments.get(&partner);
        *moment.expect("the caller holds the lock of every partner concerned")
    }

    /// Notes the first transition of a new row and adds the row to its balance. What came back was not paid after all.
    fn begin(&mut self, row: &Commission, reason: Option<&str>) {
        self.note(row, None, row.status, reason);
        self.add(row, row.status, row.amount.minor());
        if row.kind == CommissionKind::Returned {
            self.add(row, CommissionStatus::Paid, -row.amount.minor());
        }
    }

    fn note(&mut self, row: &Commission, from: Option<CommissionStatus>, to: CommissionStatus, reason: Option<&str>) {
        self.touch(row.partner_id);
        let Moment { sequence, at } = self.moment(row.partner_id);
        let transition = CommissionTransition {
            from,
            to,
            actor: self.actor.clone(),
            reason: reason.map(str::to_owned),
            at,
            sequence,
        };
        self.transitions.push((row.id, transition));
    }

    fn add(&mut self, row: &Commission, status: CommissionStatus, minor: i64) {
        if let Some(balance) = self.balance(row) {
            let sum = balance.of(status).checked_add(minor);
            match sum {
                Some(sum) => *balance.of(status) = sum,
                None => self.is_too_large = true,
            }
        }
    }

    fn reserve(&mut self, row: &Commission, minor: i64) {
        if let Some(balance) = self.balance(row) {
            match balance.reserved.checked_add(minor) {
                Some(sum) => balance.reserved = sum,
                None => self.is_too_large = true,
            }
        }
    }

    /// The change of the partner's balance; `None` for rows owed to individuals, which no balance includes.
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
