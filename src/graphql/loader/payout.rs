//! The payouts under partners and runs.

use std::sync::Arc;

use uuid::Uuid;

use super::children::pages;
use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use domain::commission::Payout;
use store::page::{Page, PageRequest};
use store::payout::{self, PayoutParent};
use store::{Store, view};

/// Pages of payouts under partners and runs.
pub struct PayoutPages;

impl ReadUnder for PayoutPages {
    type Of = (PayoutParent, PageRequest);
    type Value = Page<Arc<Payout>>;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let (kind, request) = of;
        pages(
            store,
            scope,
            &payout::list_under(*kind),
            parents,
            request,
            payout::whole,
        )
        .await
    }
}

/// How many payouts partners and runs have.
pub struct PayoutCounts;

impl ReadUnder for PayoutCounts {
    type Of = PayoutParent;
    type Value = u64;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], kind: &Self::Of) -> ReadOfParents<Self> {
        view::counts(store, scope, &payout::list_under(*kind), parents).await
    }
}
