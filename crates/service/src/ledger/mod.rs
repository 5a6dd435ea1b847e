//! The ledger: events come in, commissions are written, approved, paid and reversed, and nothing is lost or duplicated.
//!
//! - Every write that pays a partner first shares the locks of what is in force, then locks that partner's row; several
//!   are locked in the order of their ids ([`store::locks`]). No other writer changes what is read after that (terms,
//!   rows, counters, balances) before this transaction ends.
//! - Everything that happens under a partner's lock gets the next [`Moment`](domain::history::Moment) of the
//!   partner's history: a number, and a time that is never earlier than the one before, whatever the replica's clock
//!   says.
//! - A [`posting::Posting`] collects the changes of an operation and writes them together: rows, their transitions, the
//!   outbox and the balances, so that none of them can be forgotten.
//! - Operations that clients may repeat return a stored answer, found for events by their external id, for others by an
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
pub mod touches;
pub mod verify;

use auth::Writer;
use domain::id::PartnerId;
use store::locks::InForce;
use store::partner::LockedPartner;
use store::{StoreError, Transaction};

/// Locks partners in the order of their ids, whatever order they are given in, and returns them in that order. Before
/// that, it keeps others from changing what is named of what is in force.
pub(crate) async fn lock_partners(
    transaction: &Transaction,
    writer: &Writer,
    in_force: &[InForce],
    mut partners: Vec<PartnerId>,
) -> Result<Vec<LockedPartner>, StoreError> {
    partners.sort_unstable();
    partners.dedup();
    store::partner::lock_all(transaction, &writer.scope(), in_force, &partners).await
}
