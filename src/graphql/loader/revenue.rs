//! Changes that tiers made to the revenue of events.

use uuid::Uuid;

use super::{Fetch, Fetched, children};
use auth::Scope;
use domain::money::Money;
use store::Store;
use store::tier_result::{self, TierResult};

/// The revenue of events after a tier's rate was applied.
pub struct FinalRevenueOfEvent;

impl Fetch for FinalRevenueOfEvent {
    type Key = Uuid;
    type Value = Money;

    async fn fetch(store: &Store, scope: &Scope, events: &[Self::Key]) -> Fetched<Self> {
        tier_result::final_revenues(store.reader(), scope, events).await
    }
}

children! {
    /// The retroactive adjustments of events' revenue, newest first.
    RevenueAdjustmentsOfEvent: TierResult, "event.revenue_adjustments", revenue_adjustments_of_event,
        revenue_adjustment_count_of_event = tier_result::list_of_events;
}
