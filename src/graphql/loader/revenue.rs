//! Changes that tiers made to the revenue of events.

use std::sync::Arc;

use uuid::Uuid;

use super::under::{ReadOfParents, ReadUnder};
use super::{Fetch, Fetched};
use auth::Scope;
use domain::money::Money;
use store::page::{Page, PageRequest};
use store::tier_result::{self, TierResult};
use store::{Store, view};

/// The revenue of events after a tier's rate was applied.
pub struct FinalRevenueOfEvent;

impl Fetch for FinalRevenueOfEvent {
    type Key = Uuid;
    type Value = Money;

    async fn fetch(store: &Store, scope: &Scope, events: &[Self::Key]) -> Fetched<Self> {
        tier_result::final_revenues(store.reader(), scope, events).await
    }
}

/// Pages of the retroactive adjustments of events' revenue.
pub struct RevenueAdjustmentPages;

impl ReadUnder for RevenueAdjustmentPages {
    type Of = PageRequest;
    type Value = Page<Arc<TierResult>>;

    async fn read(store: &Store, scope: &Scope, events: &[Uuid], request: &Self::Of) -> ReadOfParents<Self> {
        let whole = |row: &view::Row, prefix: &str| tier_result::whole(row, prefix).map(Arc::new);
        view::whole_pages(store, scope, &tier_result::list_of_events(), events, request, whole).await
    }
}
