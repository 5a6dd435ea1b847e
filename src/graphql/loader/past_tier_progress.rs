//! The progress that partners made in past tier windows.

use std::sync::Arc;

use super::tier_progress::by_campaign;
use super::{Fetch, Fetched, ProgressKey};
use auth::Scope;
use service::ledger::tiers::{GoalOnCampaign, past_progress};
use store::Store;

/// The progress towards the goals of past windows, most recent window first.
pub struct PastTierProgress;

impl Fetch for PastTierProgress {
    type Key = ProgressKey;
    type Value = Arc<Vec<GoalOnCampaign>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        by_campaign(store, scope, keys, |zone, partners, campaign, now| async move {
            past_progress(store.reader(), scope, zone, &partners, campaign, now).await
        })
        .await
    }
}
