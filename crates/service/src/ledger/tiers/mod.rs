//! Tiers while events are recorded and taken back. The caller holds the partner's lock, so that the counters of a
//! window are written by one transaction at a time and a goal is crossed once.
//!
//! Recording takes one read statement, for the counters of the tiers concerned, regardless of how many conversions the
//! window has or how many other tiers there are. Only a crossing, and a tier that is new or was changed, reads the
//! window.

mod adjust;
mod bring_in;
mod counting;
mod offers;
mod past_progress;
mod progress;
mod recorded;
mod recut;
mod results;
mod uncount;
pub(super) mod verify;

use adjust::AdjustmentRows;
use std::collections::HashMap;

use auth::{Scope, Writer};
pub use bring_in::bring_in;
pub use counting::Failure;
use counting::WantedCounter;
use domain::Timestamp;
use domain::accrual::{self, ApplicableTerms};
use domain::campaign::Campaign;
use domain::commission::{CommissionKind, ExplainedCommission};
use domain::event::Event;
use domain::id::{AdvertiserId, CampaignId, EventId, PartnerId, TenantId, TieredCommissionId};
use domain::tiered::{self, Conversion, TierState, TieredCommission};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
pub use offers::{OfferKey, Offered, offers};
pub use past_progress::past_progress;
pub use progress::{GoalOnCampaign, progress};
pub use recut::recut;
use results::{rated_revenue, rated_rows};
use store::partner::CreditedPartner;
use store::tier_conversions::{RecordedConversion, RecordedConversionRow};
use store::tier_counter::{CounterKey, NewCounter};
use store::tier_result::TierResult;
use store::{StoreError, Transaction, Writes};
pub use uncount::{TakenBackEvent, uncount};

/// An event that is about to be recorded.
pub struct CountedEvent<'a> {
    pub event: &'a Event,
    pub partner: &'a CreditedPartner,
    pub campaign: &'a Campaign,
    /// `None`: it earns nothing.
    pub terms: Option<&'a ApplicableTerms>,
    /// The tenant's time zone.
    pub zone: chrono_tz::Tz,
}

/// The effects of tiers beyond the event's own rows.
#[derive(Debug, Default)]
pub struct Effects {
    /// Rows that adjust earlier events, and clawbacks of such rows.
    pub adjustments: AdjustmentRows,
    results: Vec<TierResult>,
    counters: Vec<NewCounter>,
    /// Tiers whose goals the event has reached.
    achieved: Vec<OutboxEvent>,
}

impl Effects {
    /// How many of the rows are tier adjustments.
    pub fn count(&self) -> u64 {
        let adjusts =
            |(adjustment, _): &&(ExplainedCommission, String)| adjustment.row.kind == CommissionKind::TierAdjustment;
        self.adjustments.iter().filter(adjusts).count() as u64
    }

    /// The tiers that counted the event, and their versions.
    pub fn tiers(&self) -> impl Iterator<Item = (TieredCommissionId, u32)> {
        self.counters.iter().map(|counter| (counter.key.tier, counter.version))
    }

    /// Adds the writes of what is not part of the ledger's rows; to be written after those rows. `sequence` is the
    /// number of the event in the partner's history.
    pub fn add_to(&self, writes: &mut Writes, tenant: TenantId, sequence: i64) {
        store::tier_result::insert(writes, tenant, &self.results, sequence);
        store::tier_counter::put(writes, tenant, &self.counters);
        store::outbox::append(writes, tenant, self.achieved.iter().cloned());
    }
}

/// Applies the tiers that count the event to `rows`, which the event has earned before them: changes their amounts,
/// removes those that become 0, and returns the other effects.
pub async fn count_event(
    transaction: &Transaction,
    writer: &Writer,
    counted: &CountedEvent<'_>,
    tiers: &[TieredCommission],
    rows: &mut Vec<ExplainedCommission>,
) -> Result<Effects, Failure> {
    let (scope, event) = (writer.scope(), counted.event);
    let (partner, campaign) = (counted.partner.id, counted.campaign.id);
    let advertiser = counted.campaign.advertiser_id;
    let of_type = tiers
        .iter()
        .filter(|tier| tier.tier.counts(event.event_type.as_deref()));
    let wanted: Vec<_> = wanted(
        of_type,
        (partner, campaign, advertiser),
        counted.zone,
        event.occurred_at,
    )
    .collect();
    if wanted.is_empty() {
        return Ok(Effects::default());
    }
    let now = (event.occurred_at, event.occurred_at);
    let (partners, campaigns) = ([partner.uuid()], [campaign.uuid()]);
    let stored = store::tier_counter::around(transaction, &scope, &partners, &campaigns, now).await?;
    let counters = counting::current(transaction, &scope, &wanted, &stored).await?;
    let conversion = Conversion::recorded(event, rows.iter().map(|earned| earned.row.amount).collect());
    let mut tier_states = Vec::new();
    for (tier, key) in &wanted {
        let (before, fired) = counters[key];
        tier_states.push(TierState::new(&tier.tier, key.window, before, fired, &conversion)?);
    }
    let mut paid = tiered::pay(&tier_states, &conversion)?;
    if !accrual::partner_earns(counted.partner.status) {
        // Goals reached by an event that earns nothing take effect with the next conversion that earns.
        paid.due.clear();
    }
    let tier_of = |index: usize| wanted[index].0.id;
    let mut results = rated_rows(event, rows, &paid.payout, tier_of);
    results.extend(rated_revenue(event, &paid.revenue, tier_of));
    let mut effects = Effects::default();
    if let Some(window) = counting::around(paid.due.iter().map(|due| tier_states[due.state].window)) {
        let mut past = store::tier_conversions::in_window(transaction, &scope, &partners, &campaigns, window).await?;
        past.push(RecordedConversion {
            event: event.clone(),
            rows: rows
                .iter()
                .map(|earned| RecordedConversionRow::from(&earned.row))
                .collect(),
            results: results.clone(),
        });
        let fallback = counted.terms.map_or_else(
            || (None, counted.campaign.holdback_days),
            |terms| (terms.snapshot_id, terms.holdback_days),
        );
        let refunds = last_refunds(transaction, &scope, &past).await?;
        let firing = adjust::Crossing {
            tiers: &wanted,
            tier_states: &tier_states,
            past: &past,
            now: event.recorded_at,
            cause: event.id,
            refunds: &refunds,
            fallback,
        };
        let (adjustments, done) = firing.fire(&paid.due)?;
        effects.adjustments = adjustments;
        results.extend(done);
    }
    effects.results = results;
    for (index, ((tier, key), state)) in wanted.iter().zip(&tier_states).enumerate() {
        let due = paid.due.iter().filter(|due| due.state == index);
        let fired = due.fold(state.fired, |fired, due| fired.and(due.side));
        let was_achieved = state.fired.any() || tiered::achieved(&tier.tier.goals, &state.before);
        let is_achieved = fired.any() || tiered::achieved(&tier.tier.goals, &state.with);
        if is_achieved && !was_achieved && tier.tier.status == tiered::Status::Active {
            effects.achieved.push(achieved(tier, key, event.recorded_at));
        }
        let counter = NewCounter::of(*key, tier.version, fired, &state.with, tier.tier.currency)?;
        effects.counters.push(counter);
    }
    Ok(effects)
}

/// The last refund or chargeback of each of these that was refunded; nothing is read if none was.
async fn last_refunds(
    transaction: &Transaction,
    scope: &Scope,
    past: &[RecordedConversion],
) -> Result<HashMap<EventId, EventId>, StoreError> {
    let refunded = past.iter().filter(|past| past.event.refunded_minor > 0);
    let refunded: Vec<_> = refunded.map(|past| past.event.id.uuid()).collect();
    if refunded.is_empty() {
        return Ok(HashMap::new());
    }
    let refunds = store::event::refunds_of(transaction, scope, &refunded).await?;
    let last = refunds
        .into_iter()
        .filter_map(|(original, refunds)| Some((EventId::from_uuid(original), refunds.last()?.id)));
    Ok(last.collect())
}

/// The webhook event for a partner that has reached the goals of a tier.
fn achieved(tier: &TieredCommission, key: &CounterKey, at: Timestamp) -> OutboxEvent {
    OutboxEvent {
        event_type: WebhookEventType::TierAchieved,
        object: key.partner.uuid(),
        at,
        detail: Some(serde_json::json!({
            "tieredCommissionId": tier.id,
            "campaignId": key.campaign,
            "windowStart": key.window.start,
            "windowEnd": key.window.end,
        })),
    }
}

/// The tiers that count what the partner does on the campaign, which belongs to this advertiser, each with its window
/// at this time.
fn wanted<'a>(
    tiers: impl Iterator<Item = &'a TieredCommission>,
    (partner, campaign, advertiser): (PartnerId, CampaignId, Option<AdvertiserId>),
    zone: chrono_tz::Tz,
    moment: Timestamp,
) -> impl Iterator<Item = WantedCounter<'a>> {
    tiers.filter_map(move |tier| {
        let window = tier.tier.window(zone, moment)?;
        let key = CounterKey {
            tier: tier.id,
            partner,
            campaign,
            window,
        };
        tier.audience
            .includes(partner, campaign, advertiser)
            .then_some((tier, key))
    })
}
