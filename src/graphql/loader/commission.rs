//! The commissions under parents: pages, counts and totals.

use std::sync::Arc;

use uuid::Uuid;

use super::children::pages;
use super::shared;
use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use domain::commission::Commission;
use store::commission::{self, CommissionFilter, CommissionOrder, CommissionParent};
use store::commission_totals::{self, StatusTotal};
use store::order::Sorted;
use store::page::{Page, PageRequest};
use store::{Store, view};

/// The commissions under a parent of this kind that match a filter.
pub type CommissionsUnder = (CommissionParent, Arc<CommissionFilter>);

/// Pages of commissions under parents of any kind.
pub struct CommissionPages;

impl ReadUnder for CommissionPages {
    type Of = (CommissionsUnder, Sorted<CommissionOrder>, PageRequest);
    type Value = Page<Arc<Commission>>;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let ((kind, filter), sorted, request) = of;
        let list = commission::list(Some(*kind), filter.clone(), *sorted);
        pages(store, scope, &list, parents, request, commission::whole).await
    }
}

/// How many commissions there are under parents.
pub struct CommissionCounts;

impl ReadUnder for CommissionCounts {
    type Of = CommissionsUnder;
    type Value = u64;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let (kind, filter) = of;
        let list = commission::list(Some(*kind), filter.clone(), Sorted::default());
        view::counts(store, scope, &list, parents).await
    }
}

/// The totals of the commissions under parents.
pub struct CommissionTotals;

impl ReadUnder for CommissionTotals {
    type Of = CommissionsUnder;
    type Value = Arc<Vec<StatusTotal>>;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let (kind, filter) = of;
        let totals = commission_totals::totals_of(store.reader(), scope, *kind, parents, filter).await?;
        Ok(shared(totals))
    }
}
