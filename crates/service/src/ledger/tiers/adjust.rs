//! The rows that adjust earlier conversions when the goals of a tier are reached.

use std::collections::HashMap;

use super::counting::{Failure, WantedCounter};
use super::recorded;
use super::results::result;
use domain::Timestamp;
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission, mature_at};
use domain::id::{CommissionId, EventId, PartnerId, SnapshotId};
use domain::money::Money;
use domain::refund;
use domain::tiered::{self, Adjustment, DueRetroactive, Side, TierState};
use store::tier_conversions::{RecordedConversion, RecordedConversionRow};
use store::tier_result::{ResultKind, TierResult};

/// A conversion that reaches the goals of tiers, and the data for adjusting earlier ones.
pub struct Crossing<'a> {
    pub tiers: &'a [WantedCounter<'a>],
    pub tier_states: &'a [TierState<'a>],
    /// The conversions of the windows concerned, the crossing one last.
    pub past: &'a [RecordedConversion],
    pub now: Timestamp,
    pub cause: EventId,
    /// The last refund or chargeback of each conversion that was refunded.
    pub refunds: &'a HashMap<EventId, EventId>,
    /// The snapshot and holdback for adjustments of conversions that have no row.
    pub fallback: (Option<SnapshotId>, Option<u32>),
}

/// Rows, each with the reason for writing it.
pub type AdjustmentRows = Vec<(ExplainedCommission, String)>;

impl Crossing<'_> {
    /// The rows that the due retroactive parts write, and the results to store beside them.
    pub fn fire(&self, due: &[DueRetroactive]) -> Result<(AdjustmentRows, Vec<TierResult>), Failure> {
        let mut past: Vec<_> = self.past.iter().map(recorded::past).collect();
        let (mut rows, mut results) = (Vec::new(), Vec::new());
        for adjustment in tiered::fire(due, self.tier_states, &mut past)? {
            let (tier, key) = &self.tiers[adjustment.due.state];
            let event = &self.past[adjustment.conversion];
            let (side, kind) = (adjustment.due.side, ResultKind::Adjustment);
            let done = result(&event.event, side, tier.id, kind, adjustment.amount, self.now, None);
            let reason = format!("the goals of the tiered commission {} are reached", tier.tier.name);
            let commission = match side {
                Side::Payout => {
                    let row = self.row(&adjustment, event, key.partner);
                    let id = row.id;
                    let clawback = adjustment.clawback.map(|amount| self.clawback(&row, event, amount));
                    rows.push((row.explained(adjustment.steps), reason.clone()));
                    rows.extend(clawback.map(|row| (row, reason)));
                    Some(id)
                }
                Side::Revenue => None,
            };
            results.push(TierResult {
                commission,
                cause: self.cause,
                ..done
            });
        }
        Ok((rows, results))
    }

    fn row(&self, adjustment: &Adjustment, event: &RecordedConversion, partner: PartnerId) -> Commission {
        let now = self.now;
        let adjusted = adjustment.row.and_then(|row| recorded::own(event).nth(row));
        let (snapshot_id, holdback_days) = adjusted.map_or(self.fallback, |row| (row.snapshot_id, row.holdback_days));
        let gives = adjustment.amount.minor() > 0;
        // A negative adjustment of a row that is no longer just accrued is approved at once, as clawbacks are.
        let status = if gives {
            CommissionStatus::Accrued
        } else {
            let beside = adjusted.or_else(|| last_adjustment(event));
            beside.map_or(CommissionStatus::Accrued, |row| refund::status_beside(row.status))
        };
        let (id, kind) = (CommissionId::new(now), CommissionKind::TierAdjustment);
        Commission {
            status,
            campaign_id: event.event.attribution.and_then(|attribution| attribution.campaign_id),
            event_id: Some(event.event.id),
            attribution_id: event.event.attribution.map(|credited| credited.id),
            snapshot_id,
            adjusts_id: adjusted.map(|row| row.id),
            holdback_days,
            mature_at: match adjusted {
                Some(row) if !gives => row.mature_at,
                _ => mature_at(now, holdback_days),
            },
            approved_at: (status == CommissionStatus::Approved).then_some(now),
            ..Commission::accrued(id, kind, partner, adjustment.amount, now)
        }
    }

    /// The immediate clawback of an adjustment, because its event was refunded in part before. It names that refund.
    fn clawback(&self, row: &Commission, event: &RecordedConversion, amount: Money) -> ExplainedCommission {
        let status = refund::status_beside(row.status);
        let adjusted = recorded::own(event).find(|own| Some(own.id) == row.adjusts_id);
        let sight = adjusted.map_or(row.sight, |adjusted| adjusted.sight);
        let refunded = event.event.refunded_part(sight);
        let taken = Commission {
            event_id: self.refunds.get(&event.event.id).copied(),
            ..row.clawback(CommissionId::new(row.accrued_at), amount, status, row.accrued_at)
        };
        taken.explained(refund::explain(row, -amount.minor(), 0, refunded, amount))
    }
}

fn last_adjustment(event: &RecordedConversion) -> Option<&RecordedConversionRow> {
    let mut rows = event.rows.iter().rev();
    rows.find(|row| row.kind == CommissionKind::TierAdjustment)
}
