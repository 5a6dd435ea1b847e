//! The progress of partners towards the goals of tiers.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use uuid::Uuid;

use super::{Fetch, Fetched};
use auth::Scope;
use domain::Timestamp;
use domain::id::CampaignId;
use service::ledger::tiers::{GoalOnCampaign, progress};
use store::{Store, StoreError, tenant};

/// A partner, and where and when to read its progress.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgressKey {
    pub partner: Uuid,
    /// `None`: on all its campaigns.
    pub campaign: Option<CampaignId>,
    pub now: Timestamp,
}

/// The progress of partners, read at the latest moment of the batch, whose keys all come from one request.
pub struct TierProgress;

impl Fetch for TierProgress {
    type Key = ProgressKey;
    type Value = Arc<Vec<GoalOnCampaign>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        by_campaign(store, scope, keys, |zone, partners, campaign, now| async move {
            progress(store.reader(), scope, zone, &partners, campaign, now).await
        })
        .await
    }
}

/// Reads the progress of partners with one call of `read` per requested campaign.
pub async fn by_campaign<R>(
    store: &Store,
    scope: &Scope,
    keys: &[ProgressKey],
    read: impl Fn(Tz, Vec<Uuid>, Option<CampaignId>, Timestamp) -> R,
) -> Result<HashMap<ProgressKey, Arc<Vec<GoalOnCampaign>>>, StoreError>
where
    R: Future<Output = Result<HashMap<Uuid, Vec<GoalOnCampaign>>, StoreError>>,
{
    let Some(now) = keys.iter().map(|key| key.now).max() else {
        return Ok(HashMap::new());
    };
    let zone = tenant::get(store.reader(), scope).await?.time_zone;
    let mut by_campaign: HashMap<_, Vec<&ProgressKey>> = HashMap::new();
    for key in keys {
        by_campaign.entry(key.campaign).or_default().push(key);
    }
    let mut found = HashMap::new();
    for (campaign, keys) in by_campaign {
        let partners: Vec<_> = keys.iter().map(|key| key.partner).collect();
        let of_partners = read(zone, partners, campaign, now).await?;
        let shared: HashMap<_, _> = of_partners.into_iter().map(|(id, all)| (id, Arc::new(all))).collect();
        for key in keys {
            if let Some(progress) = shared.get(&key.partner) {
                found.insert(key.clone(), progress.clone());
            }
        }
    }
    Ok(found)
}
