//! The ledger: events in, commissions out, approved, paid and reversed, with nothing lost or doubled.
//!
//! - Every write that pays a partner first locks that partner's row; several are locked in the order of their ids. What
//!   is read after the lock (rows, counters, balances) no other writer changes before this transaction ends.
//! - Everything that happens under a partner's lock gets the next [`Moment`](domain::history::Moment) of its history:
//!   a number, and a time that is never earlier than the one before, whatever the clock of the replica says.
//! - A [`posting::Posting`] collects what an operation does to rows and writes it at once: rows, their transitions, the
//!   outbox and the balances, so that none of them can be forgotten.
//! - Operations that clients may repeat answer from what they kept: events by their external id, others by an
//!   idempotency key ([`super::once`]).

pub mod content;
pub mod event;
pub mod in_force;
pub mod manual;
pub mod matching;
pub mod payout;
pub mod posting;
pub mod reassign;
pub mod record;
pub mod refund;
pub mod review;
pub mod terms_simulation;
pub mod tiers;
pub mod verify;

use auth::Writer;
use domain::id::PartnerId;
use store::partner::LockedPartner;
use store::{self, StoreError, Transaction};

/// Locks partners in the order of their ids, whatever the order they come in; gives them in that order.
pub(crate) async fn lock_partners(
    transaction: &Transaction,
    writer: &Writer,
    mut partners: Vec<PartnerId>,
) -> Result<Vec<LockedPartner>, StoreError> {
    partners.sort_unstable();
    partners.dedup();
    store::partner::lock_all(transaction, &writer.scope(), &partners).await
}
