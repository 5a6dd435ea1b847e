//! What tiers make of an event's amounts, as it is stored.

use domain::Timestamp;
use domain::commission::ExplainedCommission;
use domain::event::Event;
use domain::id::{TierResultId, TieredCommissionId};
use domain::items::Measure;
use domain::money::Money;
use domain::tiered::{RatedRow, Side};
use store::tier_result::{ResultKind, TierResult};

/// Sets rows to what the tiers made of them, and removes those of 0.
pub(super) fn rated_rows(
    event: &Event,
    rows: &mut Vec<ExplainedCommission>,
    rated: &[RatedRow],
    tier_of: impl Fn(usize) -> TieredCommissionId,
) -> Vec<TierResult> {
    let mut results = Vec::new();
    let mut left = Vec::with_capacity(rows.len());
    for (mut earned, rated) in rows.drain(..).zip(rated) {
        earned.explanation.extend(rated.steps.iter().cloned());
        earned.row.amount = rated.amount;
        let is_left = rated.amount.minor() != 0;
        if let Some(tier) = rated.tier {
            let is_fixed = earned.row.sight.measure == Measure::Whole;
            results.push(TierResult {
                is_fixed,
                commission: is_left.then_some(earned.row.id),
                ..rate(event, Side::Payout, tier_of(tier), rated)
            });
        }
        if is_left {
            left.push(earned);
        }
    }
    *rows = left;
    results
}

/// What the tiers made of the revenue of an event.
pub(super) fn rated_revenue(
    event: &Event,
    rated: &[RatedRow],
    tier_of: impl Fn(usize) -> TieredCommissionId,
) -> Vec<TierResult> {
    let acted = rated.iter().filter_map(|rated| Some((rated, rated.tier?)));
    acted
        .map(|(rated, tier)| rate(event, Side::Revenue, tier_of(tier), rated))
        .collect()
}

fn rate(event: &Event, side: Side, tier: TieredCommissionId, rated: &RatedRow) -> TierResult {
    result(
        event,
        side,
        tier,
        ResultKind::Rate,
        rated.amount,
        event.recorded_at,
        Some(rated.base),
    )
}

/// What a tier made of an amount of the event.
pub(super) fn result(
    event: &Event,
    side: Side,
    tier: TieredCommissionId,
    kind: ResultKind,
    amount: Money,
    now: Timestamp,
    base: Option<Money>,
) -> TierResult {
    TierResult {
        id: TierResultId::new(now),
        tier,
        event: event.id,
        cause: event.id,
        side,
        kind,
        base_minor: base.map(Money::minor),
        amount,
        is_fixed: false,
        commission: None,
        at: now,
    }
}
