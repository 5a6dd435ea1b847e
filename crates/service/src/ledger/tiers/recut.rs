//! Counters when the tenant's time zone changes, which is what windows are cut by.

use std::collections::HashMap;

use super::{Failure, counting};
use auth::Writer;
use chrono_tz::Tz;
use domain::Timestamp;
use domain::tiered::{Fired, Window};
use store::tier_counter::{CounterKey, NewCounter};
use store::{StoreError, Transaction};

/// Cuts running windows anew: their counters are added up from the recorded events when they are next read, as those of
/// a changed tier. The window of now counts as fired if the one that contained `now` before had fired. Windows that have
/// ended stay as they were cut, but later events no longer count in them, so that their counters are not used again. The
/// caller holds the lock of the tiers, so that no counter is written meanwhile.
pub async fn recut(transaction: &Transaction, writer: &Writer, zone: Tz, now: Timestamp) -> Result<(), StoreError> {
    let (tenant, scope) = (writer.tenant(), writer.scope());
    let running = store::tier_counter::running(transaction, &scope, now).await?;
    let tiers = counting::tiers_of(transaction, &scope, &running).await?;
    let mut recut: HashMap<CounterKey, NewCounter> = HashMap::new();
    for (key, counter) in &running {
        let Some(tier) = tiers.get(&key.tier.uuid()) else {
            continue;
        };
        let moment = if key.window.contains(now) {
            now
        } else {
            middle(key.window)
        };
        // The tier does not run at that moment in the new zone.
        let Some(window) = tier.tier.window(zone, moment) else {
            continue;
        };
        let (key, currency) = (CounterKey { window, ..*key }, tier.tier.currency);
        let fired = recut.get(&key).map_or_else(Fired::default, |known| known.fired);
        let fired = Fired {
            payout: fired.payout || counter.fired.payout,
            revenue: fired.revenue || counter.fired.revenue,
        };
        let counter = NewCounter::of(key, 0, fired, &counter.counters(currency), currency);
        let counter = counter.map_err(|error| Failure::TooLarge(error).of_what_is_stored())?;
        recut.insert(key, counter);
    }
    store::tier_counter::forget_all(transaction, tenant).await?;
    store::tier_counter::delete_running(transaction, tenant, now).await?;
    let recut: Vec<_> = recut.into_values().collect();
    transaction
        .write(|writes| store::tier_counter::put(writes, tenant, &recut))
        .await
}

fn middle(window: Window) -> Timestamp {
    window.start + (window.end - window.start) / 2
}
