//! The commissions under parents: pages, counts and totals.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::ledger::grouped;
use super::{Fetch, Fetched};
use auth::Scope;
use domain::commission::Commission;
use store::Store;
use store::commission::{self, CommissionFilter, CommissionOrder, CommissionParent};
use store::commission_totals::{self, StatusTotal};
use store::order::Sorted;
use store::page::{Page, PageRequest};

/// The commissions under one parent that match a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommissionsKey {
    pub kind: CommissionParent,
    pub filter: Arc<CommissionFilter>,
    pub parent: Uuid,
}

/// A page of such a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommissionPageKey {
    pub list: CommissionsKey,
    pub sorted: Sorted<CommissionOrder>,
    pub request: PageRequest,
}

/// Pages of commissions under parents of any kind.
pub struct CommissionPages;

impl Fetch for CommissionPages {
    type Key = CommissionPageKey;
    type Value = Page<Arc<Commission>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let groups = grouped(keys, |key| {
            (
                (key.list.kind, key.list.filter.clone(), key.sorted, key.request.clone()),
                key.list.parent,
            )
        });
        let mut pages = HashMap::with_capacity(keys.len());
        for ((kind, filter, sorted, request), parents) in groups {
            let found = commission::pages_of(store.reader(), scope, kind, &parents, &filter, sorted, &request).await?;
            for (parent, page) in found {
                let list = CommissionsKey {
                    kind,
                    filter: filter.clone(),
                    parent,
                };
                let page = page.map(Arc::new);
                pages.insert(
                    CommissionPageKey {
                        list,
                        sorted,
                        request: request.clone(),
                    },
                    page,
                );
            }
        }
        Ok(pages)
    }
}

/// How many commissions there are under parents.
pub struct CommissionCounts;

impl Fetch for CommissionCounts {
    type Key = CommissionsKey;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut counts = HashMap::with_capacity(keys.len());
        for ((kind, filter), parents) in grouped(keys, |key| ((key.kind, key.filter.clone()), key.parent)) {
            for (parent, count) in commission::counts_of(store.reader(), scope, kind, &parents, &filter).await? {
                counts.insert(
                    CommissionsKey {
                        kind,
                        filter: filter.clone(),
                        parent,
                    },
                    count,
                );
            }
        }
        Ok(counts)
    }
}

/// The totals of the commissions under parents.
pub struct CommissionTotals;

impl Fetch for CommissionTotals {
    type Key = CommissionsKey;
    type Value = Arc<Vec<StatusTotal>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut totals = HashMap::with_capacity(keys.len());
        for ((kind, filter), parents) in grouped(keys, |key| ((key.kind, key.filter.clone()), key.parent)) {
            for (parent, list) in commission_totals::totals_of(store.reader(), scope, kind, &parents, &filter).await? {
                totals.insert(
                    CommissionsKey {
                        kind,
                        filter: filter.clone(),
                        parent,
                    },
                    Arc::new(list),
                );
            }
        }
        Ok(totals)
    }
}
