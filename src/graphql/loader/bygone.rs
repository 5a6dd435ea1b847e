//! What partners came to in windows that are over.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Fetch, ProgressKey};
use crate::auth::Scope;
use crate::service::ledger::tiers::{Progress, bygone};
use crate::store::{Store, StoreError, tenant};

/// The goals of windows that are over, the last window first.
pub struct BygoneProgress;

impl Fetch for BygoneProgress {
    type Key = ProgressKey;
    type Value = Arc<Vec<Progress>>;

    async fn fetch(
        store: &Store,
        scope: &Scope,
        keys: &[ProgressKey],
    ) -> Result<HashMap<ProgressKey, Self::Value>, StoreError> {
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
            let of_partners = bygone(store.reader(), scope, zone, &partners, campaign, now).await?;
            let shared: HashMap<_, _> = of_partners.into_iter().map(|(id, all)| (id, Arc::new(all))).collect();
            for key in keys {
                if let Some(bygone) = shared.get(&key.partner) {
                    found.insert(key.clone(), bygone.clone());
                }
            }
        }
        Ok(found)
    }
}
