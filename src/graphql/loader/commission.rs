//! The commissions under parents: counts and totals.

use std::sync::Arc;

use uuid::Uuid;

use super::shared;
use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use store::commission::{self, CommissionFilter, CommissionParent};
use store::commission_totals::{self, StatusTotal};
use store::order::Sorted;
use store::{Store, view};

/// The commissions under a parent of this kind that match a filter.
pub type CommissionsUnder = (CommissionParent, Arc<CommissionFilter>);

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
