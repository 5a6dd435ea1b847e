//! The tiers that would count the next conversion of partners.

use std::collections::HashMap;

use chrono_tz::Tz;

use super::{Failure, counting, wanted};
use auth::Scope;
use domain::Timestamp;
use domain::id::{AdvertiserId, CampaignId, PartnerId};
use domain::tiered::{self, CurrentTier, GoalProgress, Status, Tier};
use store::{Connection, StoreError};

/// The partner, the campaign and the time of a possible conversion.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfferKey {
    pub partner: PartnerId,
    pub campaign: CampaignId,
    /// The campaign's advertiser.
    pub advertiser: Option<AdvertiserId>,
    pub now: Timestamp,
}

/// A tier that would count the next conversion.
#[derive(Clone, Debug)]
pub struct Offered {
    pub tier: Tier,
    /// Whether a retroactive part has fired in the window, or all goals are reached.
    pub achieved: bool,
    /// Whether its rate applies to the payout of the next conversion.
    pub acts: bool,
    /// How far its goals are reached, in their order.
    pub progress: Vec<GoalProgress>,
}

/// The ACTIVE tiers for each key, in their current windows and in the order of creation. One statement, and three more
/// if counters must be added up.
pub async fn offers(
    database: &Connection,
    scope: &Scope,
    zone: Tz,
    keys: &[OfferKey],
) -> Result<HashMap<OfferKey, Vec<Offered>>, StoreError> {
    let Some(now) = keys.iter().map(|key| key.now).max() else {
        return Ok(HashMap::new());
    };
    let partners: Vec<_> = keys.iter().map(|key| key.partner.uuid()).collect();
    let campaigns: Vec<_> = keys.iter().map(|key| key.campaign.uuid()).collect();
    let advertisers: Vec<_> = keys.iter().filter_map(|key| Some(key.advertiser?.uuid())).collect();
    // A partner may not read tiers, except those that apply to it.
    let scope = Scope::tenant_wide(scope.tenant());
    let (tiers, stored) = store::in_force::tiers(database, &scope, &partners, &campaigns, &advertisers, now).await?;
    let of_key = |key: &OfferKey| {
        let active = tiers.iter().filter(|tier| tier.tier.status == Status::Active);
        wanted(active, (key.partner, key.campaign, key.advertiser), zone, now).collect::<Vec<_>>()
    };
    let all: Vec<_> = keys.iter().flat_map(of_key).collect();
    let counters = counting::current(database, &scope, &all, &stored)
        .await
        .map_err(Failure::of_what_is_stored)?;
    let mut offers = HashMap::with_capacity(keys.len());
    for key in keys {
        let running = of_key(key).into_iter().map(|(tier, key)| {
            let (counted, fired) = counters[&key];
            CurrentTier {
                tier: &tier.tier,
                window: key.window,
                counters: counted,
                fired,
            }
        });
        let running: Vec<_> = running.collect();
        let stand = tiered::offers(&running, now).map_err(|error| Failure::TooLarge(error).of_what_is_stored())?;
        let offered = running.iter().zip(stand).map(|(running, offer)| Offered {
            tier: running.tier.clone(),
            achieved: offer.achieved,
            acts: offer.acts,
            progress: tiered::progress(running.tier, running.window, &running.counters),
        });
        offers.insert(key.clone(), offered.collect());
    }
    Ok(offers)
}
