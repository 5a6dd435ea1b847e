//! Current counters. Counters are stored with the version of their tier: those of a tier that is new or was changed
//! since are added up from the recorded events when they are next read, so that a change of a tier need not wait for
//! transactions that record events.

use std::collections::HashMap;

use uuid::Uuid;

use super::recorded;
use auth::Scope;
use domain::money::AmountTooLarge;
use domain::tiered::{Counters, Fired, TakenBack, TieredCommission, Window};
use store::tier_counter::{CounterKey, StoredCounter};
use store::{Connection, StoreError};

/// Why counters cannot be determined.
#[derive(Debug)]
pub enum Failure {
    /// An amount is too large to be stored.
    TooLarge(AmountTooLarge),
    Store(StoreError),
}

impl Failure {
    /// For callers whose amounts were all counted before, so that none should be too large.
    pub fn of_what_is_stored(self) -> StoreError {
        match self {
            Self::TooLarge(_) => StoreError::SumTooLarge,
            Self::Store(error) => error,
        }
    }
}

impl From<AmountTooLarge> for Failure {
    fn from(error: AmountTooLarge) -> Self {
        Self::TooLarge(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A tier, and the key of one of its counters that is wanted.
pub type WantedCounter<'a> = (&'a TieredCommission, CounterKey);

/// The wanted counters: from `stored` if they are valid, else added up from the events. At most three statements.
pub async fn current(
    database: &Connection,
    scope: &Scope,
    wanted: &[WantedCounter<'_>],
    stored: &HashMap<CounterKey, StoredCounter>,
) -> Result<HashMap<CounterKey, (Counters, Fired)>, Failure> {
    let mut counters = HashMap::new();
    let mut missing = Vec::new();
    for (tier, key) in wanted {
        let known = stored.get(key);
        // What has fired stays fired, however the tier was changed.
        let fired = known.map_or_else(Fired::default, |known| known.fired);
        let holds = known.filter(|known| known.version == tier.version);
        let value = holds.map_or_else(Counters::default, |known| known.counters(tier.tier.currency));
        counters.insert(*key, (value, fired));
        if holds.is_none() {
            missing.push((*tier, *key));
        }
    }
    let Some(window) = around(missing.iter().map(|(_, key)| key.window)) else {
        return Ok(counters);
    };
    let partners = store::distinct(missing.iter().map(|(_, key)| key.partner.uuid()));
    let campaigns = store::distinct(missing.iter().map(|(_, key)| key.campaign.uuid()));
    let mut of_pair: HashMap<_, Vec<WantedCounter<'_>>> = HashMap::new();
    for (tier, key) in missing {
        of_pair
            .entry((key.partner, Some(key.campaign)))
            .or_default()
            .push((tier, key));
    }
    for event in store::tier_conversions::in_window(database, scope, &partners, &campaigns, window).await? {
        let Some(attribution) = event.event.attribution else {
            continue;
        };
        let pair = (attribution.partner_id, attribution.campaign_id);
        let concerned = of_pair.get(&pair).into_iter().flatten().filter(|(tier, key)| {
            key.window.contains(event.event.occurred_at) && tier.tier.counts(event.event.event_type.as_deref())
        });
        let mut conversion = None;
        for (tier, key) in concerned {
            let conversion = conversion.get_or_insert_with(|| recorded::conversion(&event));
            let taken_back = TakenBack::recorded(&event.event, recorded::rows_reversed(&event));
            let added = conversion.counted(tier.tier.currency, taken_back)?;
            if let Some((counters, _)) = counters.get_mut(key) {
                *counters = counters.plus(added)?;
            }
        }
    }
    Ok(counters)
}

/// The tiers of stored counters.
pub async fn tiers_of(
    database: &Connection,
    scope: &Scope,
    stored: &HashMap<CounterKey, StoredCounter>,
) -> Result<HashMap<Uuid, TieredCommission>, StoreError> {
    let ids = store::distinct(stored.keys().map(|key| key.tier.uuid()));
    store::tiered_commission::by_ids(database, scope, &ids).await
}

/// The shortest window that contains all of these.
pub fn around(windows: impl Iterator<Item = Window>) -> Option<Window> {
    windows.reduce(|one, other| Window {
        start: one.start.min(other.start),
        end: one.end.max(other.end),
    })
}
