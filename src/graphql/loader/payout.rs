//! The payouts under partners and runs.

use uuid::Uuid;

use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use store::payout::{self, PayoutParent};
use store::{Store, view};

/// How many payouts partners and runs have.
pub struct PayoutCounts;

impl ReadUnder for PayoutCounts {
    type Of = PayoutParent;
    type Value = u64;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], kind: &Self::Of) -> ReadOfParents<Self> {
        view::counts(store, scope, &payout::list_under(*kind), parents).await
    }
}
