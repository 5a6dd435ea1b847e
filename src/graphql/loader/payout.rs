//! The payouts under partners and runs.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Fetch;
use super::ledger::grouped;
use auth::Scope;
use domain::commission::Payout;
use store::page::{Page, PageRequest};
use store::payout::{self, PayoutParent};
use store::{Store, StoreError};

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

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[PayoutPageKey],
    ) -> Result<HashMap<PayoutPageKey, Self::Value>, StoreError> {
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

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[(PayoutParent, Uuid)],
    ) -> Result<HashMap<(PayoutParent, Uuid), u64>, StoreError> {
        let mut counts = HashMap::with_capacity(keys.len());
        for (kind, parents) in grouped(keys, |key| *key) {
            let found = payout::counts_of(store.reader(), scope, kind, &parents).await?;
            counts.extend(found.into_iter().map(|(parent, count)| ((kind, parent), count)));
        }
        Ok(counts)
    }
}
