//! Imported history is counted, but no retroactive part fires. A window that is over and whose goals are met counts as
//! achieved, so that events recorded in it later adjust nothing.

use std::collections::HashMap;

use super::{Failure, counting, wanted};
use auth::Writer;
use domain::Timestamp;
use domain::event::Event;
use domain::id::{AdvertiserId, CampaignId};
use domain::tiered::{self, Conversion, Fired, TakenBack};
use store::tier_counter::NewCounter;
use store::{Transaction, distinct};

/// The counters after these events, which are not written yet: at most five statements, one if no tier counts any of
/// them. `campaigns` holds the campaigns of the events, with their advertisers.
pub async fn bring_in(
    transaction: &Transaction,
    writer: &Writer,
    (zone, now): (chrono_tz::Tz, Timestamp),
    events: &[Event],
    campaigns: HashMap<CampaignId, Option<AdvertiserId>>,
) -> Result<Vec<NewCounter>, Failure> {
    let scope = writer.scope();
    let credited = events
        .iter()
        .filter(|event| !event.kind.takes_back())
        .filter_map(|event| {
            let attribution = event.attribution?;
            Some((event, attribution.partner_id, attribution.campaign_id?))
        });
    let credited: Vec<_> = credited.collect();
    let partners = distinct(credited.iter().map(|(_, partner, _)| partner.uuid()));
    let on = distinct(credited.iter().map(|(_, _, campaign)| campaign.uuid()));
    let times = || credited.iter().map(|(event, ..)| event.occurred_at);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Ok(Vec::new());
    };
    let advertisers = distinct(campaigns.values().flatten().map(|id| id.uuid()));
    let tiers = store::tiered_commission::counting(transaction, &scope, &partners, &on, &advertisers).await?;
    if tiers.is_empty() {
        return Ok(Vec::new());
    }
    let mut counted = Vec::new();
    let mut keys = HashMap::new();
    for (event, partner, campaign) in &credited {
        let of_type = tiers
            .iter()
            .filter(|tier| tier.tier.counts(event.event_type.as_deref()));
        let advertiser = campaigns.get(campaign).copied().flatten();
        for (tier, key) in wanted(of_type, (*partner, *campaign, advertiser), zone, event.occurred_at) {
            keys.insert(key, tier);
            counted.push((*event, tier, key));
        }
    }
    let stored = store::tier_counter::around(transaction, &scope, &partners, &on, (first, last)).await?;
    let concerned: Vec<_> = keys.iter().map(|(key, tier)| (*tier, *key)).collect();
    let mut counters = counting::current(transaction, &scope, &concerned, &stored).await?;
    for (event, tier, key) in counted {
        let conversion = Conversion::recorded(event, Vec::new());
        let added = conversion.counted(tier.tier.currency, TakenBack::recorded(event, false))?;
        if let Some((sum, _)) = counters.get_mut(&key) {
            *sum = sum.plus(added)?;
        }
    }
    let new = concerned.into_iter().map(|(tier, key)| {
        let (sum, fired) = counters[&key];
        let is_over = key.window.end <= now && tiered::achieved(&tier.tier.goals, &sum);
        let both = Fired {
            payout: true,
            revenue: true,
        };
        let fired = if is_over { both } else { fired };
        Ok(NewCounter::of(key, tier.version, fired, &sum, tier.tier.currency)?)
    });
    new.collect()
}
