//! The payouts under partners and runs.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::ledger::grouped;
use super::{Fetch, Fetched};
use auth::Scope;
use domain::commission::Payout;
use store::Store;
use store::page::{Page, PageRequest};
use store::payout::{self, PayoutParent};

/// A page of one parent's payouts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PayoutPageKey {
    pub kind: PayoutParent,
    pub parent: Uuid,
    pub request: PageRequest,
}

/// Pages of payouts under partners and runs.
pub struct PayoutPages;

impl Fetch for PayoutPages {
    type Key = PayoutPageKey;
    type Value = Page<Arc<Payout>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut pages = HashMap::with_capacity(keys.len());
        for ((kind, request), parents) in grouped(keys, |key| ((key.kind, key.request.clone()), key.parent)) {
            for (parent, page) in payout::pages_of(store.reader(), scope, kind, &parents, &request).await? {
                let page = page.map(Arc::new);
                pages.insert(
                    PayoutPageKey {
                        kind,
                        parent,
                        request: request.clone(),
                    },
                    page,
                );
            }
        }
        Ok(pages)
    }
}

/// How many payouts partners and runs have.
pub struct PayoutCounts;

impl Fetch for PayoutCounts {
    type Key = (PayoutParent, Uuid);
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut counts = HashMap::with_capacity(keys.len());
        for (kind, parents) in grouped(keys, |key| *key) {
            let found = payout::counts_of(store.reader(), scope, kind, &parents).await?;
            counts.extend(found.into_iter().map(|(parent, count)| ((kind, parent), count)));
        }
        Ok(counts)
    }
}
