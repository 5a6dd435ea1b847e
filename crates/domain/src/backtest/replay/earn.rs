//! What events earn before any tier: events of the range by the functions that pay, earlier ones as recorded.

use std::sync::Arc;

use super::super::ReplayError;
use super::super::history::{HistoryDecision, HistoryEvent, HistoryRow};
use super::super::replayed_event::{ActualRow, ProposedRow, ReplayedEvent};
use super::Replay;
use crate::accrual::{self, ComponentEarning, ConsideredTerm, EarningEvent, Verdict};
use crate::commission::CommissionKind;
use crate::decision::{NoCommissionReason, TermsSource};
use crate::event::{AttributedVia, Event};
use crate::partner_group::PartnerGroup;
use crate::snapshot;

impl Replay<'_> {
    /// The event before any tier is applied: with its earnings if it `accrues` in the replay, or else, before the range
    /// or if it was moved, with its recorded rows.
    pub(super) fn earn(
        &mut self,
        recorded: &HistoryEvent,
        accrues: bool,
    ) -> Result<(ReplayedEvent, Vec<ComponentEarning>), ReplayError> {
        let event = &recorded.event;
        let mut paid = recorded.decision.iter().flat_map(|decided| {
            let components = decided.components.iter();
            components
                .filter(|component| component.reason.is_none())
                .map(|component| component.term)
        });
        let mut count = 0;
        let written = recorded.rows.iter().map(|row| {
            let term = (row.kind == CommissionKind::Event).then(|| {
                count += 1;
                paid.next().unwrap_or(count - 1)
            });
            ActualRow::of(row, term)
        });
        let mut held = ReplayedEvent {
            event: event.clone().unrefunded(),
            base: Vec::new(),
            is_moved: recorded.is_moved(),
            rows: Vec::new(),
            written: written.collect(),
            last_refund: None,
        };
        let scheduled = self.whose.loose.iter().filter(|loose| {
            let is_of = |row: &HistoryRow| loose.adjusts == Some(row.id);
            recorded.rows.iter().any(is_of)
        });
        let scheduled: Vec<_> = scheduled.cloned().collect();
        held.written
            .extend(scheduled.iter().map(|row| ActualRow::of(row, None)));
        for row in &scheduled {
            self.schedule(event.id, row);
        }
        if !accrues {
            let unrated = |row: &&HistoryRow| {
                row.kind == CommissionKind::Event && recorded.rated.iter().all(|rated| rated.row != Some(row.id))
            };
            let unrated = recorded.rows.iter().filter(unrated).map(|row| row.amount);
            held.base = recorded.rated.iter().map(|rated| rated.base).chain(unrated).collect();
            self.keep_rows(&mut held, recorded.rows.iter().chain(&scheduled));
            return Ok((held, Vec::new()));
        }
        let earned = self.accrue(recorded)?;
        held.base = earned.iter().map(|earned| earned.amount).collect();
        Ok((held, earned))
    }

    /// Takes over the rows that accrued before the range; of a moved event its EVENT rows, since it only counts.
    fn keep_rows<'r>(&self, held: &mut ReplayedEvent, rows: impl Iterator<Item = &'r HistoryRow>) {
        let is_kept = |row: &&HistoryRow| match held.is_moved {
            true => row.kind == CommissionKind::Event,
            false => row.accrued_at < self.whose.from,
        };
        for row in rows.filter(is_kept).collect::<Vec<_>>() {
            let written = held.written(row.id);
            let kept = ProposedRow {
                kind: row.kind,
                term: written.and_then(|written| written.term),
                amount: row.amount,
                sight: row.sight,
                is_reversed: false,
                accrued_at: row.accrued_at,
                on: row.event,
                under: row
                    .adjusts
                    .and_then(|adjusts| held.rows.iter().position(|above| above.stands_for == Some(adjusts))),
                stands_for: Some(row.id),
                steps: None,
            };
            held.rows.push(kept);
        }
    }

    /// What an event of the range earns before any tier.
    fn accrue(&mut self, recorded: &HistoryEvent) -> Result<Vec<ComponentEarning>, ReplayError> {
        let (event, versions) = (&recorded.event, self.versions);
        let made_with = recorded.decision.as_ref().map(|decided| &decided.made_with);
        let campaign = event.attribution.and_then(|attribution| attribution.campaign_id);
        let campaign = campaign.and_then(|id| {
            let version = made_with.and_then(|made_with| made_with.campaign_version);
            versions.campaign(id, version, event.recorded_at)
        });
        let live = campaign.map(|found| &**found.value);
        let snapshot = match made_with {
            // If the event was rejected when it was recorded, it is rejected in the replay, too.
            Some(made_with) if made_with.source.is_none() => return Ok(Vec::new()),
            Some(made_with) => made_with.snapshot.and_then(|id| self.whose.snapshots.get(&id)).cloned(),
            None => {
                self.is_incomplete = true;
                if accrual::stopped(self.whose.status, live, event.occurred_at).is_some() {
                    return Ok(Vec::new());
                }
                let all: Vec<_> = self.whose.snapshots.values().cloned().collect();
                snapshot::in_force(&all, live.map(|campaign| campaign.id)).cloned()
            }
        };
        self.is_incomplete |= snapshot.is_none() && campaign.is_some_and(|found| !found.is_known);
        let terms = accrual::terms_in_force(snapshot.as_slice(), live);
        let earning = EarningEvent {
            kind: event.kind,
            event_type: event.event_type.as_deref(),
            amount: event.amount,
            items: &event.items,
            country: event.country.as_deref(),
            via: event
                .attribution
                .map_or(AttributedVia::Named, |credited| credited.source.via),
            occurred_at: event.occurred_at,
            customer: self.standings.history(recorded),
        };
        let (zone, base) = (self.whose.zone, self.whose.base);
        let considered = accrual::consider(&terms, &earning, zone, base);
        let uses_group_rules = considered.iter().any(ConsideredTerm::uses_group_rules);
        let group = match uses_group_rules || terms.is_fallback {
            true => self.group(event, recorded.decision.as_ref()),
            false => None,
        };
        if terms.unpaid(group.is_some()).is_some() {
            return Ok(Vec::new());
        }
        let asked = match (&group, event.amount) {
            (Some(group), Some(charged)) if uses_group_rules => Some((&**group, self.standings.of(charged.currency()))),
            _ => None,
        };
        let verdicts = accrual::earned(&terms, considered, &earning, asked, zone, base);
        let verdicts = verdicts.map_err(|error| ReplayError::TooLarge {
            event: event.external_id.clone(),
            error,
        })?;
        Ok(verdicts.into_iter().filter_map(Verdict::earned).collect())
    }

    /// The partner's group when the event was recorded, or the default group at that time.
    fn group(&mut self, event: &Event, decided: Option<&HistoryDecision>) -> Option<Arc<PartnerGroup>> {
        let at = event.recorded_at;
        if let Some(HistoryDecision {
            made_with, components, ..
        }) = decided
        {
            if let Some((id, version)) = made_with.group {
                let found = self.versions.group(id, Some(version), at)?;
                self.is_incomplete |= !found.is_known;
                return Some(found.value.clone());
            }
            // A group was needed when the event was recorded, and there was none.
            let asked_in_vain = |reason| reason == Some(NoCommissionReason::NoGroup);
            if made_with.source == Some(TermsSource::None)
                || components.iter().any(|component| asked_in_vain(component.reason))
            {
                return None;
            }
        }
        let own = decided.and_then(|decided| decided.made_with.own_group);
        self.is_incomplete |= own.is_none();
        let id = match own.unwrap_or(self.whose.group) {
            Some(id) => id,
            None => {
                let (id, is_known) = self.versions.default_group(at);
                self.is_incomplete |= !is_known;
                id?
            }
        };
        let found = self.versions.group(id, None, at)?;
        self.is_incomplete |= !found.is_known;
        Some(found.value.clone())
    }
}
