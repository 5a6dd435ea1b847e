//! The progress that partners made in past tier windows.

use std::collections::HashMap;
use std::sync::Arc;

use super::tier_progress::by_campaign;
use super::{Fetch, ProgressKey};
use auth::Scope;
use service::ledger::tiers::{GoalOnCampaign, bygone};
use store::{Store, StoreError};

/// The progress towards the goals of past windows, most recent window first.
pub struct PastTierProgress;

impl Fetch for PastTierProgress {
    type Key = ProgressKey;
    type Value = Arc<Vec<GoalOnCampaign>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[ProgressKey],
    ) -> Result<HashMap<ProgressKey, Self::Value>, StoreError> {
        by_campaign(store, scope, keys, |zone, partners, campaign, now| async move {
            bygone(store.reader(), scope, zone, &partners, campaign, now).await
        })
        .await
    }
}
