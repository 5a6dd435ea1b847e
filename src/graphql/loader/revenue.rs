//! What tiers did to the revenue of events.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Children, CountsOf, Fetch, Loader, Loaders, PagesOf};
use crate::auth::Scope;
use crate::domain::money::Money;
use crate::store::page::{Page, PageRequest, Place};
use crate::store::tier_result::{self, TierResult};
use crate::store::{Store, StoreError};

/// What a tier's rate made of an event's revenue.
pub struct FinalRevenueOfEvent;

impl Fetch for FinalRevenueOfEvent {
    type Key = Uuid;
    type Value = Money;

    async fn fetch(store: &Store, scope: &Scope, events: &[Uuid]) -> Result<HashMap<Uuid, Money>, StoreError> {
        tier_result::final_revenues(store.reader(), scope, events).await
    }
}

/// The retroactive adjustments of events' revenue, newest first.
pub struct RevenueAdjustmentsOfEvent;

impl Children for RevenueAdjustmentsOfEvent {
    type Child = TierResult;
    const NAME: &'static str = "event.revenue_adjustments";

    fn place(result: &TierResult) -> Place {
        Place::of_id(result.id)
    }

    fn loaders(loaders: &Loaders) -> (&Loader<PagesOf<Self>>, &Loader<CountsOf<Self>>) {
        (
            &loaders.revenue_adjustments_of_event,
            &loaders.revenue_adjustment_count_of_event,
        )
    }

    async fn pages(
        store: &Store,
        scope: &Scope,
        events: &[Uuid],
        request: &PageRequest,
    ) -> Result<HashMap<Uuid, Page<TierResult>>, StoreError> {
        tier_result::pages_of_revenue(store.reader(), scope, events, request).await
    }

    async fn counts(store: &Store, scope: &Scope, events: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
        tier_result::counts_of_revenue(store.reader(), scope, events).await
    }
}
