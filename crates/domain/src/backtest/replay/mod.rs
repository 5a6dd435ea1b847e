//! The replay of one partner's history.

mod earn;
mod tier;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::ReplayError;
use super::compare::{ChangedEvent, ChangedRow, ComparedEvent, Tally};
use super::history::{HistoryEvent, HistoryPosition, HistoryRow, Passage};
use super::partner_state::PartnerState;
use super::replayed_event::{ProposedRow, ReplayedEvent};
use super::tiers::TierCounts;
use super::versions::Versions;
use crate::Timestamp;
use crate::calendar::resolve;
use crate::id::{CampaignId, CommissionId, EventId, PartnerGroupId, PartnerId, SnapshotId};
use crate::money::{Currency, Money};
use crate::partner::PartnerStatus;
use crate::snapshot::CommissionSnapshot;
use crate::tiered::{TierState, TieredCommission, Window};

/// The partner whose history is replayed, and the range to compare.
#[derive(Clone, Debug)]
pub struct ReplayedPartner {
    pub partner: PartnerId,
    /// The current status and group, used for events whose decision is unknown.
    pub status: PartnerStatus,
    pub group: Option<PartnerGroupId>,
    /// All snapshots the partner ever had, with the proposed terms where the proposal replaces snapshots.
    pub snapshots: HashMap<SnapshotId, CommissionSnapshot>,
    /// Clawbacks without an event.
    pub loose: Vec<HistoryRow>,
    /// The steps of moves between partners, and the events that they concern.
    pub passages: Vec<Passage>,
    /// The rows that are as recorded on both sides: those of moved events and of their refunds, and those that take
    /// back from imported commissions.
    pub as_recorded: Vec<HistoryRow>,
    /// The tenant's time zone and base currency.
    pub zone: Tz,
    pub base: Currency,
    /// Events and rows recorded from this moment on are compared.
    pub from: Timestamp,
}

/// The result of a replay.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub tally: Tally,
    pub changed: Vec<ChangedEvent>,
    /// Whether the versions in force when some events were recorded are unknown.
    pub is_incomplete: bool,
}

/// The replay of one partner's history, in progress.
pub struct Replay<'a> {
    pub(super) whose: ReplayedPartner,
    versions: &'a Versions,
    pub(super) standings: PartnerState,
    pub(super) counts: TierCounts,
    /// In recording order.
    pub(super) held: BTreeMap<EventId, ReplayedEvent>,
    /// What is still to come of the passages.
    passages: VecDeque<Passage>,
    /// Rows to be reversed at a later step, with the event that earned them.
    reversals: BTreeMap<HistoryPosition, Vec<(EventId, CommissionId)>>,
    entries: BTreeMap<EventId, ComparedEvent>,
    /// Whether any version of a tier ever applied to the partner on the campaign.
    tiered: HashMap<CampaignId, bool>,
    tally: Tally,
    changed: Vec<ChangedEvent>,
    is_incomplete: bool,
}

/// A tier that counts an event, and its window.
type CountingTier = (Arc<TieredCommission>, Window);

impl<'a> Replay<'a> {
    pub fn new(mut whose: ReplayedPartner, versions: &'a Versions) -> Self {
        whose.passages.sort_by_key(Passage::place);
        Self {
            passages: std::mem::take(&mut whose.passages).into(),
            whose,
            versions,
            standings: PartnerState::default(),
            counts: TierCounts::default(),
            held: BTreeMap::new(),
            reversals: BTreeMap::new(),
            entries: BTreeMap::new(),
            tiered: HashMap::new(),
            tally: Tally::default(),
            changed: Vec::new(),
            is_incomplete: false,
        }
    }

    /// Replays the next event that was never moved, in recording order.
    pub fn step(&mut self, recorded: HistoryEvent) -> Result<(), ReplayError> {
        let place = recorded.place();
        while let Some(passage) = self.passages.pop_front_if(|passage| passage.place().is_before(place)) {
            self.pass(passage)?;
        }
        self.next(recorded)
    }

    fn pass(&mut self, passage: Passage) -> Result<(), ReplayError> {
        match passage {
            Passage::Came(recorded) => self.next(recorded),
            Passage::Left(event, _) => {
                self.reverse_before(Some(passage.place()))?;
                self.leave(event);
                Ok(())
            }
        }
    }

    fn next(&mut self, recorded: HistoryEvent) -> Result<(), ReplayError> {
        self.reverse_before(Some(recorded.place()))?;
        match recorded.event.kind.takes_back() {
            true => self.take_back(&recorded),
            false => self.replay_earning(recorded),
        }
    }

    /// The overall result, and the changed events that [`Replay::take_changed`] has not returned yet.
    pub fn finish(mut self) -> Result<Replayed, ReplayError> {
        for passage in std::mem::take(&mut self.passages) {
            self.pass(passage)?;
        }
        self.reverse_before(None)?;
        for row in std::mem::take(&mut self.whose.loose) {
            self.add_actual(&row, row.campaign);
        }
        for (_, held) in std::mem::take(&mut self.held) {
            if held.is_moved {
                continue;
            }
            let campaign = held.event.attribution.and_then(|attribution| attribution.campaign_id);
            for row in held.rows.into_iter().filter(|row| row.accrued_at >= self.whose.from) {
                let month = self.month(row.accrued_at);
                let entry = self
                    .entries
                    .entry(row.on)
                    .or_insert_with(|| ComparedEvent::new(row.on, campaign));
                entry.campaign = entry.campaign.or(campaign);
                entry.add_proposed(changed_row(row), month);
            }
        }
        for (_, entry) in std::mem::take(&mut self.entries) {
            self.changed.extend(self.tally.add(entry)?);
        }
        self.compare_as_recorded()?;
        Ok(Replayed {
            tally: self.tally,
            changed: self.changed,
            is_incomplete: self.is_incomplete,
        })
    }

    /// The changed events completed so far, so that they need not be held until the end.
    pub fn take_changed(&mut self) -> Vec<ChangedEvent> {
        std::mem::take(&mut self.changed)
    }

    /// Applies the manual reversals that happened before this step.
    fn reverse_before(&mut self, place: Option<HistoryPosition>) -> Result<(), ReplayError> {
        while let Some(first) = self.reversals.first_entry()
            && place.is_none_or(|place| first.key().is_before(place))
        {
            let (at, rows) = first.remove_entry();
            let mut by_event: BTreeMap<EventId, Vec<CommissionId>> = BTreeMap::new();
            for (event, row) in rows {
                by_event.entry(event).or_default().push(row);
            }
            for (event, rows) in by_event {
                self.reverse(at, event, &rows)?;
            }
        }
        Ok(())
    }

    /// Drops scheduled reversals of rows that this refund has reversed.
    pub(super) fn reversed_with(&mut self, place: HistoryPosition, original: EventId) {
        let of_time = |sequence| HistoryPosition { sequence, ..place };
        let at_once = self.reversals.range_mut(of_time(None)..=of_time(Some(i64::MAX)));
        for (_, rows) in at_once.filter(|(at, _)| at.is(place)) {
            rows.retain(|(event, _)| *event != original);
        }
    }

    /// Schedules the reversal of a row of an event, or of a refund of it.
    pub(super) fn schedule(&mut self, original: EventId, row: &HistoryRow) {
        if let Some(place) = row.reversed {
            self.reversals.entry(place).or_default().push((original, row.id));
        }
    }

    /// Adds a ledger row to the comparison if it is in the range.
    pub(super) fn add_actual(&mut self, row: &HistoryRow, campaign: Option<CampaignId>) {
        if row.accrued_at < self.whose.from {
            return;
        }
        let month = self.month(row.accrued_at);
        let entry = self
            .entries
            .entry(row.event)
            .or_insert_with(|| ComparedEvent::new(row.event, campaign));
        entry.add_actual(row.kind, counted(row.amount, row.reversed.is_some()), month);
    }

    /// Compares the rows that are as recorded on both sides, each on the campaign that it was made for.
    fn compare_as_recorded(&mut self) -> Result<(), ReplayError> {
        let mut entries: BTreeMap<_, ComparedEvent> = BTreeMap::new();
        let rows = std::mem::take(&mut self.whose.as_recorded).into_iter();
        for row in rows.filter(|row| row.accrued_at >= self.whose.from) {
            let (month, amount) = (self.month(row.accrued_at), counted(row.amount, row.reversed.is_some()));
            let entry = entries
                .entry((row.event, row.campaign))
                .or_insert_with(|| ComparedEvent::new(row.event, row.campaign));
            entry.add_actual(row.kind, amount, month);
            let same = ChangedRow {
                kind: row.kind,
                term: None,
                amount,
                steps: Err(row.id),
            };
            entry.add_proposed(same, month);
        }
        for entry in entries.into_values() {
            self.changed.extend(self.tally.add(entry)?);
        }
        Ok(())
    }

    /// Removes an event that is moved away from everything that counts it.
    fn leave(&mut self, event: EventId) {
        let Some(held) = self.held.remove(&event) else { return };
        let (refunded_minor, wholly) = (held.event.refunded_minor, held.event.wholly_refunded);
        self.standings.forget(&held.event, refunded_minor, wholly);
        if let Some(campaign) = held.event.attribution.and_then(|attribution| attribution.campaign_id) {
            self.counts.forget(campaign);
        }
    }

    fn month(&self, at: Timestamp) -> Timestamp {
        let day = at.with_timezone(&self.whose.zone).date_naive();
        let first = NaiveDate::from_ymd_opt(day.year(), day.month(), 1).unwrap_or(day);
        resolve(self.whose.zone, first.and_time(NaiveTime::MIN))
    }

    /// Replays a charge or conversion.
    fn replay_earning(&mut self, recorded: HistoryEvent) -> Result<(), ReplayError> {
        let id = recorded.event.id;
        let campaign = recorded
            .event
            .attribution
            .and_then(|attribution| attribution.campaign_id);
        let (at, is_moved) = (recorded.place().at, recorded.is_moved());
        let in_range = at >= self.whose.from;
        self.is_incomplete |= in_range && is_moved;
        for row in &recorded.rows {
            if !is_moved {
                self.add_actual(row, campaign);
            }
            self.schedule(id, row);
        }
        let (mut held, earned) = self.earn(&recorded, in_range && !is_moved)?;
        let tiers = self.wanted(&recorded, campaign, in_range);
        self.standings.count(&recorded.event, is_moved);
        let is_held = is_moved
            || recorded.event.refunded_minor > 0
            || recorded.event.wholly_refunded
            || recorded.rows.iter().any(|row| row.reversed.is_some())
            || campaign.is_some_and(|campaign| self.is_tiered(campaign));
        let too_large = |error| ReplayError::TooLarge {
            event: recorded.event.external_id.clone(),
            error,
        };
        let conversion = held.conversion();
        let mut tier_states = Vec::with_capacity(tiers.len());
        if let Some(campaign) = campaign {
            for (tier, window) in &tiers {
                let before = self.counts.before(campaign, tier, *window, &self.held);
                let (before, fired) = before.map_err(too_large)?;
                let state = TierState::new(&tier.tier, *window, before, fired, &conversion);
                tier_states.push(state.map_err(too_large)?);
            }
        }
        let due = self
            .rate(&recorded, &mut held, earned, &tier_states, &conversion)
            .map_err(too_large)?;
        if let Some(campaign) = campaign {
            for (index, ((tier, window), state)) in tiers.iter().zip(&tier_states).enumerate() {
                let of_tier = due.iter().filter(|due| due.state == index);
                let fired = of_tier.fold(state.fired, |fired, due| fired.and(due.side));
                self.counts.put(campaign, tier, *window, state.with, fired);
            }
        }
        if is_held {
            self.held.insert(id, held);
            if in_range {
                self.fire(at, campaign, &tiers, &tier_states, &due).map_err(too_large)?;
            }
            return Ok(());
        }
        // No later step affects this event.
        if in_range {
            let month = self.month(recorded.event.recorded_at);
            let mut entry = self
                .entries
                .remove(&id)
                .unwrap_or_else(|| ComparedEvent::new(id, campaign));
            for row in held.rows {
                entry.add_proposed(changed_row(row), month);
            }
            self.changed.extend(self.tally.add(entry)?);
        }
        Ok(())
    }
}

fn counted(amount: Money, is_reversed: bool) -> Money {
    match is_reversed {
        true => Money::from_minor(0, amount.currency()).expect("nothing is in range"),
        false => amount,
    }
}

fn changed_row(row: ProposedRow) -> ChangedRow {
    ChangedRow {
        kind: row.kind,
        term: row.term,
        amount: counted(row.amount, row.is_reversed),
        steps: match (row.steps, row.stands_for) {
            (Some(steps), _) => Ok(steps),
            (None, Some(id)) => Err(id),
            (None, None) => Ok(Vec::new()),
        },
    }
}

#[cfg(test)]
mod tests;
