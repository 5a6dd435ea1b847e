//! What tiers do to events of the range, and what they count of all events.

use std::sync::Arc;

use super::super::history::HistoryEvent;
use super::super::replayed_event::{ActualRow, ProposedRow, ReplayedEvent};
use super::{CountingTier, Replay};
use crate::Timestamp;
use crate::accrual::{ComponentEarning, partner_earns};
use crate::commission::CommissionKind;
use crate::id::{CampaignId, EventId};
use crate::items::Sight;
use crate::money::AmountTooLarge;
use crate::tiered::{self, Conversion, Side, TierState, TieredCommission};

impl Replay<'_> {
    /// The tiers that count the event, in creation order.
    pub(super) fn wanted(
        &mut self,
        recorded: &HistoryEvent,
        campaign: Option<CampaignId>,
        in_range: bool,
    ) -> Vec<CountingTier> {
        let (Some(campaign), versions) = (campaign, self.versions) else {
            return Vec::new();
        };
        let event = &recorded.event;
        let decision = recorded.decision.as_ref();
        let version = decision.and_then(|decided| decided.made_with.campaign_version);
        let found = versions.campaign(campaign, version, event.recorded_at);
        let advertiser = found.and_then(|found| found.value.advertiser_id);
        let counts = |tier: &TieredCommission| {
            tier.tier.counts(event.event_type.as_deref())
                && tier.audience.includes(self.whose.partner, campaign, advertiser)
        };
        let mut tiers: Vec<Arc<TieredCommission>> = Vec::new();
        match decision {
            Some(decided) => {
                for (id, version) in &decided.made_with.tiers {
                    // A deleted tier has never changed an amount.
                    if let Some((tier, is_known)) = versions.tier(*id, *version) {
                        self.is_incomplete |= !is_known;
                        tiers.push(tier.clone());
                    }
                }
            }
            None => {
                let present = versions.tiers.values().filter_map(|versions| versions.last());
                let present = present.filter(|tier| tier.archived_at.is_none() && counts(tier));
                tiers.extend(present.cloned());
            }
        }
        if let Some(proposed) = versions.proposed.as_ref().filter(|_| in_range) {
            tiers.retain(|tier| tier.id != proposed.id);
            tiers.extend(Some(proposed).filter(|tier| counts(tier)).cloned());
        }
        tiers.sort_by_key(|tier| tier.id);
        let windowed = tiers.into_iter().filter_map(|tier| {
            let window = tier.tier.window(self.whose.zone, event.occurred_at)?;
            Some((tier, window))
        });
        windowed.collect()
    }

    /// Whether any version of any tier applies to the partner on the campaign.
    pub(super) fn is_tiered(&mut self, campaign: CampaignId) -> bool {
        let (versions, partner) = (self.versions, self.whose.partner);
        *self.tiered.entry(campaign).or_insert_with(|| {
            let of_campaign = versions.campaigns.get(&campaign).into_iter().flatten();
            let mut advertisers: Vec<_> = of_campaign.map(|since| since.value.advertiser_id).collect();
            advertisers.push(None);
            let mut tiers = versions.tiers.values().flatten().chain(&versions.proposed);
            tiers.any(|tier| {
                let mut advertisers = advertisers.iter();
                advertisers.any(|advertiser| tier.audience.includes(partner, campaign, *advertiser))
            })
        })
    }

    /// Gives the event the rows that tiers leave of what it earned. Returns the retroactive parts that fire with it.
    pub(super) fn rate(
        &self,
        recorded: &HistoryEvent,
        held: &mut ReplayedEvent,
        earned: Vec<ComponentEarning>,
        tier_states: &[TierState<'_>],
        conversion: &Conversion,
    ) -> Result<Vec<tiered::DueRetroactive>, AmountTooLarge> {
        let mut paid = tiered::pay(tier_states, conversion)?;
        let made_with = recorded.decision.as_ref().map(|decided| &decided.made_with);
        let status = made_with.and_then(|made_with| made_with.partner_status);
        if !partner_earns(status.unwrap_or(self.whose.status)) {
            // If an event that earns nothing reaches the goals, the part fires with the next conversion that does earn.
            paid.due.clear();
        }
        for (earned, rated) in earned.into_iter().zip(paid.payout) {
            if rated.amount.minor() == 0 {
                continue;
            }
            let is_of = |row: &&ActualRow| row.kind == CommissionKind::Event && row.term == Some(earned.term);
            let stands_for = held.written.iter().find(is_of).map(|row| row.id);
            let mut steps = earned.explanation;
            steps.extend(rated.steps);
            let row = ProposedRow {
                kind: CommissionKind::Event,
                term: Some(earned.term),
                amount: rated.amount,
                sight: earned.sight,
                is_reversed: false,
                accrued_at: recorded.event.recorded_at,
                on: recorded.event.id,
                under: None,
                stands_for,
                steps: held.keep(stands_for, rated.amount, steps),
            };
            held.rows.push(row);
        }
        Ok(paid.due)
    }

    /// Fires the retroactive parts that are due at this time, with an event that is already in `held`.
    pub(super) fn fire(
        &mut self,
        at: Timestamp,
        campaign: Option<CampaignId>,
        tiers: &[CountingTier],
        tier_states: &[TierState<'_>],
        due: &[tiered::DueRetroactive],
    ) -> Result<(), AmountTooLarge> {
        let due: Vec<_> = due.iter().filter(|due| due.side == Side::Payout).copied().collect();
        if due.is_empty() {
            return Ok(());
        }
        let windows: Vec<_> = due.iter().map(|due| tier_states[due.state].window).collect();
        let concerned = self.held.values().filter(|held| {
            held.event.attribution.and_then(|attribution| attribution.campaign_id) == campaign
                && windows.iter().any(|window| window.contains(held.event.occurred_at))
        });
        let (ids, mut past): (Vec<EventId>, Vec<_>) = concerned.map(|held| (held.event.id, held.past())).unzip();
        for adjustment in tiered::fire(&due, tier_states, &mut past)? {
            let tier = tiers[adjustment.due.state].0.id;
            let Some(held) = self.held.get_mut(&ids[adjustment.conversion]) else {
                continue;
            };
            if held.is_moved {
                self.is_incomplete = true;
                continue;
            }
            let under = adjustment.row.and_then(|row| held.own().nth(row));
            let from = self.whose.from;
            let is_of = |row: &&ActualRow| {
                row.kind == CommissionKind::TierAdjustment && row.tier == Some(tier) && row.accrued_at >= from
            };
            let stands_for = held.written.iter().find(is_of).map(|row| row.id);
            let row = ProposedRow {
                kind: CommissionKind::TierAdjustment,
                term: None,
                amount: adjustment.amount,
                sight: under.map_or(Sight::default(), |row| held.rows[row].sight),
                is_reversed: false,
                accrued_at: at,
                on: held.event.id,
                under,
                stands_for,
                steps: held.keep(stands_for, adjustment.amount, adjustment.steps),
            };
            let place = held.rows.len();
            let back = adjustment.clawback.map(|amount| {
                // The one that was written with the adjustment is the first.
                let mut written = held.written.iter();
                let written = written.find(|row| row.adjusts.is_some() && row.adjusts == stands_for);
                let written = written.map(|row| row.id);
                ProposedRow {
                    kind: CommissionKind::Clawback,
                    amount,
                    sight: Sight::default(),
                    on: held.last_refund.unwrap_or(held.event.id),
                    under: Some(place),
                    stands_for: written,
                    steps: held.keep(written, amount, Vec::new()),
                    ..row.clone()
                }
            });
            held.rows.push(row);
            held.rows.extend(back);
        }
        Ok(())
    }
}
