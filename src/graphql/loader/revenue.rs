//! Changes that tiers made to the revenue of events.

use uuid::Uuid;

use super::{Fetch, Fetched};
use auth::Scope;
use domain::money::Money;
use store::Store;
use store::tier_result::{self};

/// The revenue of events after a tier's rate was applied.
pub struct FinalRevenueOfEvent;

impl Fetch for FinalRevenueOfEvent {
    type Key = Uuid;
    type Value = Money;

    async fn fetch(store: &Store, scope: &Scope, events: &[Self::Key]) -> Fetched<Self> {
        tier_result::final_revenues(store.reader(), scope, events).await
    }
}
