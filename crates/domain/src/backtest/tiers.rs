//! The tier counters on the proposal's side. As in the ledger, counters are valid for one version of a tier: those of
//! another version are recomputed from the events.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::replayed_event::ReplayedEvent;
use crate::id::{CampaignId, EventId, TieredCommissionId};
use crate::money::AmountTooLarge;
use crate::tiered::{Conversion, Counters, Fired, TakenBack, TieredCommission, Window};

/// The counters for one partner.
#[derive(Debug, Default)]
pub struct TierCounts(HashMap<CampaignId, HashMap<(TieredCommissionId, Window), TierCount>>);

#[derive(Debug)]
struct TierCount {
    tier: Arc<TieredCommission>,
    /// Whether the counters hold for this version of the tier; otherwise they are added up again when next needed.
    is_valid: bool,
    counters: Counters,
    /// Never reset, even if the tier changes.
    fired: Fired,
}

impl TierCounts {
    /// The state of the tier before the next event; `held` contains all earlier events.
    pub fn before(
        &self,
        campaign: CampaignId,
        tier: &Arc<TieredCommission>,
        window: Window,
        held: &BTreeMap<EventId, ReplayedEvent>,
    ) -> Result<(Counters, Fired), AmountTooLarge> {
        let known = self.0.get(&campaign).and_then(|counts| counts.get(&(tier.id, window)));
        if let Some(count) = known.filter(|count| count.is_valid && count.tier.version == tier.version) {
            return Ok((count.counters, count.fired));
        }
        let mut counters = Counters::default();
        for held in held.values().filter(|held| counts(campaign, tier, window, held)) {
            counters = counters.plus(held.conversion().counted(tier.tier.currency, held.taken_back())?)?;
        }
        Ok((counters, known.map_or_else(Fired::default, |known| known.fired)))
    }

    pub fn put(
        &mut self,
        campaign: CampaignId,
        tier: &Arc<TieredCommission>,
        window: Window,
        counters: Counters,
        fired: Fired,
    ) {
        let count = TierCount {
            tier: tier.clone(),
            is_valid: true,
            counters,
            fired,
        };
        self.0.entry(campaign).or_default().insert((tier.id, window), count);
    }

    /// Forgets the counters of a campaign on which events were moved; what has fired stays fired.
    pub fn forget(&mut self, campaign: CampaignId) {
        for count in self.0.get_mut(&campaign).into_iter().flatten().map(|(_, count)| count) {
            count.is_valid = false;
        }
    }

    /// Updates the counters after an event was taken back, by the change of its contribution.
    pub fn uncount(
        &mut self,
        campaign: CampaignId,
        conversion: &Conversion,
        (before, after): (TakenBack, TakenBack),
    ) -> Result<(), AmountTooLarge> {
        for ((_, window), count) in self.0.get_mut(&campaign).into_iter().flatten() {
            if !count.is_valid {
                continue;
            }
            let tier = &count.tier.tier;
            if window.contains(conversion.occurred_at) && tier.counts(conversion.event_type.as_deref()) {
                let change = conversion
                    .counted(tier.currency, after)?
                    .minus(conversion.counted(tier.currency, before)?)?;
                count.counters = count.counters.plus(change)?;
            }
        }
        Ok(())
    }
}

/// Whether the tier counts an event in this window.
fn counts(campaign: CampaignId, tier: &TieredCommission, window: Window, held: &ReplayedEvent) -> bool {
    let event = &held.event;
    event.attribution.and_then(|attribution| attribution.campaign_id) == Some(campaign)
        && window.contains(event.occurred_at)
        && tier.tier.counts(event.event_type.as_deref())
}

#[cfg(test)]
mod tests;
