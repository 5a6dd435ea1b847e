//! What tiers would do to the next conversion, for showing partners their progress.

use super::counters::{Conversion, Counters, achieved};
use super::rate::{Fired, TierState, choose};
use super::{Side, Tier, Window};
use crate::Timestamp;
use crate::money::AmountTooLarge;

/// A tier in the window that contains the current moment.
#[derive(Clone, Copy, Debug)]
pub struct CurrentTier<'a> {
    pub tier: &'a Tier,
    pub window: Window,
    pub counters: Counters,
    pub fired: Fired,
}

/// The state of a tier before the next conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Whether a retroactive part has fired, or all goals are reached.
    pub achieved: bool,
    /// Whether its rate applies to the payout of the next conversion that it counts, i.e. no other tier takes
    /// precedence.
    pub acts: bool,
}

/// The offers of tiers, which are given in creation order. The next conversion is only known to count as a conversion:
/// with the policy CROSSING_CONVERSION, what it would add to the sums is ignored.
pub fn offers(running: &[CurrentTier<'_>], now: Timestamp) -> Result<Vec<Offer>, AmountTooLarge> {
    let next = Conversion {
        occurred_at: now,
        event_type: None,
        base: true,
        sale_amount: None,
        payout: Vec::new(),
        revenue: None,
    };
    let mut tier_states = Vec::with_capacity(running.len());
    for running in running {
        let CurrentTier { tier, window, .. } = *running;
        tier_states.push(TierState::new(tier, window, running.counters, running.fired, &next)?);
    }
    let offers = running.iter().enumerate().map(|(place, own)| Offer {
        achieved: own.fired.any() || achieved(&own.tier.goals, &own.counters),
        acts: acts(&tier_states, place),
    });
    Ok(offers.collect())
}

/// Whether the tier at `place` is the one that acts on a conversion of its own event type, in its own currency.
fn acts(tier_states: &[TierState<'_>], place: usize) -> bool {
    let own = tier_states[place].tier;
    let event_type = own.event_type.as_deref();
    let counting = tier_states
        .iter()
        .enumerate()
        .filter(|(_, state)| state.tier.counts(event_type));
    let (places, counting): (Vec<_>, Vec<_>) = counting.map(|(place, state)| (place, *state)).unzip();
    choose(Side::Payout, own.currency, &counting).is_some_and(|(chosen, _)| places[chosen] == place)
}
