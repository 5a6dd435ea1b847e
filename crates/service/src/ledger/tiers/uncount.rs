//! Removes conversions that are taken back from the counters of their windows.

use std::collections::HashMap;

use super::{Failure, counting, recorded};
use auth::Writer;
use domain::event::Event;
use domain::money::Currency;
use domain::refund::Refunded;
use domain::tiered::{Counters, TakenBack};
use store::Transaction;
use store::tier_conversions::RecordedConversion;
use store::tier_counter::{CounterKey, NewCounter, StoredCounter};

/// An event that is being taken back.
pub enum TakenBackEvent<'a> {
    /// By a refund: the event as it was before it, how much is refunded with it, and whether it reversed rows, as it does
    /// where all that these saw is refunded.
    Refunded(&'a Event, Refunded, bool),
    /// By hand: some of its rows were reversed.
    Reversed(&'a Event),
}

impl TakenBackEvent<'_> {
    fn event(&self) -> &Event {
        match self {
            Self::Refunded(event, ..) | Self::Reversed(event) => event,
        }
    }

    /// How far it was taken back before and after.
    fn change(&self, past: &RecordedConversion) -> (TakenBack, TakenBack) {
        let rows_reversed = recorded::rows_reversed(past);
        let now = TakenBack::recorded(self.event(), rows_reversed);
        match self {
            Self::Refunded(_, refunded, has_reversed) => (
                TakenBack {
                    rows_reversed: rows_reversed && !has_reversed,
                    ..now
                },
                TakenBack {
                    refunded: *refunded,
                    ..now
                },
            ),
            Self::Reversed(_) => (
                TakenBack {
                    rows_reversed: false,
                    ..now
                },
                now,
            ),
        }
    }
}

/// Lowers the counters that are valid; the others will be added up from the events anyway. One statement if no counter
/// includes the events, else six.
pub async fn uncount(
    transaction: &Transaction,
    writer: &Writer,
    leaving: &[TakenBackEvent<'_>],
) -> Result<(), Failure> {
    let scope = writer.scope();
    let mut concerned = HashMap::new();
    let (mut partners, mut campaigns, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for leaving in leaving {
        let event = leaving.event();
        if let Some(attribution) = event.attribution
            && let Some(campaign) = attribution.campaign_id
        {
            concerned.insert(event.id, (leaving, attribution.partner_id, campaign));
            partners.push(attribution.partner_id.uuid());
            campaigns.push(campaign.uuid());
            times.push(event.occurred_at);
        }
    }
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else {
        return Ok(());
    };
    let stored = store::tier_counter::around(transaction, &scope, &partners, &campaigns, (*first, *last)).await?;
    if stored.is_empty() {
        return Ok(());
    }
    let tiers = counting::tiers_of(transaction, &scope, &stored).await?;
    let ids: Vec<_> = concerned.keys().map(|id| id.uuid()).collect();
    let past = store::tier_conversions::of_events(transaction, &scope, &ids).await?;
    let mut lowered = Vec::new();
    for (key, stored) in &stored {
        let Some(commission) = tiers.get(&key.tier.uuid()) else {
            continue;
        };
        if commission.version != stored.version {
            // Outdated counters are still shown for windows that ended before the tier was changed.
            lowered.extend(forgotten(key, stored, commission.tier.currency)?);
            continue;
        }
        let (tier, currency) = (&commission.tier, commission.tier.currency);
        let before = stored.counters(currency);
        let mut counters = before;
        for past in &past {
            let Some((leaving, partner, campaign)) = concerned.get(&past.event.id) else {
                continue;
            };
            let event = leaving.event();
            let counts = (*partner, *campaign) == (key.partner, key.campaign)
                && key.window.contains(event.occurred_at)
                && tier.counts(event.event_type.as_deref());
            if counts {
                counters = counters.plus(change(leaving, past, currency)?)?;
            }
        }
        if counters != before {
            lowered.push(NewCounter::of(*key, stored.version, stored.fired, &counters, currency)?);
        }
    }
    let write = transaction.write(|writes| store::tier_counter::put(writes, writer.tenant(), &lowered));
    Ok(write.await?)
}

/// The same counters, valid for no version from now on; `None` if they are so already.
fn forgotten(key: &CounterKey, stored: &StoredCounter, currency: Currency) -> Result<Option<NewCounter>, Failure> {
    let forgotten = NewCounter::of(*key, 0, stored.fired, &stored.counters(currency), currency)?;
    Ok((stored.version != 0).then_some(forgotten))
}

fn change(leaving: &TakenBackEvent<'_>, event: &RecordedConversion, currency: Currency) -> Result<Counters, Failure> {
    let conversion = recorded::conversion(event);
    let (before, after) = leaving.change(event);
    let after = conversion.counted(currency, after)?;
    Ok(after.minus(conversion.counted(currency, before)?)?)
}
