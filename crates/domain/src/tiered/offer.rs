//! What tiers would do to the next conversion, as those are told who may still reach their goals.

use super::counters::{Conversion, Counters, achieved};
use super::rate::{Fired, TierState, choose};
use super::{Side, Tier, Window};
use crate::Timestamp;
use crate::money::AmountTooLarge;

/// A tier in the window that contains this moment.
#[derive(Clone, Copy, Debug)]
pub struct CurrentTier<'a> {
    pub tier: &'a Tier,
    pub window: Window,
    pub counters: Counters,
    pub fired: Fired,
}

/// How a tier stands before the next conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// A retroactive part has fired, or all goals hold.
    pub achieved: bool,
    /// Its rate applies to the payout of the next conversion that it counts: no other goes before it.
    pub acts: bool,
}

/// How tiers stand, which are listed in the order of their making. Nothing is known of the next conversion but that it
/// counts as one: where the crossing conversion decides, what it would add to sums is left out.
pub fn offers(running: &[CurrentTier<'_>], now: Timestamp) -> Result<Vec<Offer>, AmountTooLarge> {
    let next = Conversion {
        occurred_at: now,
        event_type: None,
        base: true,
        sale_amount: None,
        payout: Vec::new(),
        revenue: None,
    };
    let mut standings = Vec::with_capacity(running.len());
    for running in running {
        let CurrentTier { tier, window, .. } = *running;
        standings.push(TierState::new(tier, window, running.counters, running.fired, &next)?);
    }
    let offers = running.iter().enumerate().map(|(place, own)| Offer {
        achieved: own.fired.any() || achieved(&own.tier.goals, &own.counters),
        acts: acts(&standings, place),
    });
    Ok(offers.collect())
}

/// Whether the tier at this place is the one that acts on a conversion of its own event type, in its own currency.
fn acts(standings: &[TierState<'_>], place: usize) -> bool {
    let own = standings[place].tier;
    let event_type = own.event_type.as_deref();
    let counting = standings
        .iter()
        .enumerate()
        .filter(|(_, standing)| standing.tier.counts(event_type));
    let (places, counting): (Vec<_>, Vec<_>) = counting.map(|(place, standing)| (place, *standing)).unzip();
    choose(Side::Payout, own.currency, &counting).is_some_and(|(chosen, _)| places[chosen] == place)
}
