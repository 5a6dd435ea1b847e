//! The history of one partner, once more.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::compare::{Changed, ChangedRow, Entry, Tally};
use super::held::{Held, Row, Written};
use super::history::{LedgerRow, Place, Recorded};
use super::standing::Standings;
use super::tiers::Counts;
use super::versions::Versions;
use super::{Decided, ReplayError};
use crate::domain::Timestamp;
use crate::domain::accrual::{self, Considered, Earned, Happening, Verdict, partner_earns};
use crate::domain::calendar::resolve;
use crate::domain::commission::CommissionKind;
use crate::domain::decision::{NoCommissionReason, TermsSource};
use crate::domain::event::Event;
use crate::domain::id::{CampaignId, CommissionId, EventId, PartnerGroupId, PartnerId, SnapshotId};
use crate::domain::money::{AmountTooLarge, Currency, Money};
use crate::domain::partner::PartnerStatus;
use crate::domain::partner_group::PartnerGroup;
use crate::domain::refund::Refunded;
use crate::domain::snapshot::{self, CommissionSnapshot};
use crate::domain::terms::BasisKind;
use crate::domain::tiered::{self, Conversion, Side, Standing, TieredCommission, Window};

/// Whose history it is, and what of it is compared.
#[derive(Clone, Debug)]
pub struct Whose {
    pub partner: PartnerId,
    /// As they are now: for events whose decision is not known.
    pub status: PartnerStatus,
    pub group: Option<PartnerGroupId>,
    /// All that it was ever promised, with the proposed terms where snapshots are replaced.
    pub snapshots: HashMap<SnapshotId, CommissionSnapshot>,
    /// Clawbacks that name no event.
    pub loose: Vec<LedgerRow>,
    /// The tenant's.
    pub zone: Tz,
    pub base: Currency,
    /// What was recorded since this moment is compared.
    pub from: Timestamp,
}

/// What a replay came to.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub tally: Tally,
    pub changed: Vec<Changed>,
    /// What was in force when some events were recorded is not known.
    pub is_incomplete: bool,
}

/// The history of one partner, as far as it went.
pub struct Replay<'a> {
    pub(super) whose: Whose,
    versions: &'a Versions,
    pub(super) standings: Standings,
    pub(super) counts: Counts,
    /// In the order of recording.
    pub(super) held: BTreeMap<EventId, Held>,
    /// Rows that are reversed at a later step, and by the event that earned them.
    reversals: BTreeMap<Place, Vec<(EventId, CommissionId)>>,
    entries: BTreeMap<EventId, Entry>,
    /// Whether any tier was ever for the campaign and the partner.
    tiered: HashMap<CampaignId, bool>,
    tally: Tally,
    changed: Vec<Changed>,
    is_incomplete: bool,
}

/// A tier that counts an event, and its window.
type Wanted = (Arc<TieredCommission>, Window);

impl<'a> Replay<'a> {
    pub fn new(whose: Whose, versions: &'a Versions) -> Self {
        Self {
            whose,
            versions,
            standings: Standings::default(),
            counts: Counts::default(),
            held: BTreeMap::new(),
            reversals: BTreeMap::new(),
            entries: BTreeMap::new(),
            tiered: HashMap::new(),
            tally: Tally::default(),
            changed: Vec::new(),
            is_incomplete: false,
        }
    }

    /// The next event, in the order of recording.
    pub fn step(&mut self, recorded: Recorded) -> Result<(), ReplayError> {
        self.reverse_before(Some(recorded.place()))?;
        match recorded.event.kind.takes_back() {
            true => self.take_back(&recorded),
            false => self.arrive(recorded),
        }
    }

    /// What it all came to, and what events came to that were not given out before.
    pub fn finish(mut self) -> Result<Replayed, ReplayError> {
        self.reverse_before(None)?;
        for row in std::mem::take(&mut self.whose.loose) {
            self.add_actual(&row, None);
        }
        for (_, held) in std::mem::take(&mut self.held) {
            let campaign = held.event.attribution.and_then(|attribution| attribution.campaign_id);
            for row in held.rows.into_iter().filter(|row| row.accrued_at >= self.whose.from) {
                let month = self.month(row.accrued_at);
                let entry = self
                    .entries
                    .entry(row.on)
                    .or_insert_with(|| Entry::new(row.on, campaign));
                entry.campaign = entry.campaign.or(campaign);
                entry.add_proposed(changed_row(row), month);
            }
        }
        for (_, entry) in std::mem::take(&mut self.entries) {
            self.changed.extend(self.tally.add(entry)?);
        }
        Ok(Replayed {
            tally: self.tally,
            changed: self.changed,
            is_incomplete: self.is_incomplete,
        })
    }

    /// What is ready of the events that differ, so that they need not be kept until the end.
    pub fn take_changed(&mut self) -> Vec<Changed> {
        std::mem::take(&mut self.changed)
    }

    /// Does what was done by hand before this step.
    fn reverse_before(&mut self, place: Option<Place>) -> Result<(), ReplayError> {
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

    /// Rows that this refund reversed are no longer to be reversed by hand.
    pub(super) fn reversed_with(&mut self, place: Place, original: EventId) {
        if let Some(rows) = self.reversals.get_mut(&place) {
            rows.retain(|(event, _)| *event != original);
        }
    }

    /// Notes when a row of an event, or of a refund of it, will be reversed.
    pub(super) fn schedule(&mut self, original: EventId, row: &LedgerRow) {
        if let Some(place) = row.reversed {
            self.reversals.entry(place).or_default().push((original, row.id));
        }
    }

    /// Counts a row of the ledger if it is compared.
    pub(super) fn add_actual(&mut self, row: &LedgerRow, campaign: Option<CampaignId>) {
        if row.accrued_at < self.whose.from {
            return;
        }
        let month = self.month(row.accrued_at);
        let entry = self
            .entries
            .entry(row.event)
            .or_insert_with(|| Entry::new(row.event, campaign));
        entry.add_actual(row.kind, counted(row.amount, row.reversed.is_some()), month);
    }

    fn month(&self, at: Timestamp) -> Timestamp {
        let day = at.with_timezone(&self.whose.zone).date_naive();
        let first = NaiveDate::from_ymd_opt(day.year(), day.month(), 1).unwrap_or(day);
        resolve(self.whose.zone, first.and_time(NaiveTime::MIN))
    }

    /// A charge or conversion.
    fn arrive(&mut self, recorded: Recorded) -> Result<(), ReplayError> {
        let id = recorded.event.id;
        let campaign = recorded
            .event
            .attribution
            .and_then(|attribution| attribution.campaign_id);
        let in_range = recorded.event.recorded_at >= self.whose.from;
        for row in &recorded.rows {
            self.add_actual(row, campaign);
            self.schedule(id, row);
        }
        let (mut held, earned) = self.earn(&recorded, in_range)?;
        let tiers = self.wanted(&recorded, campaign, in_range);
        self.standings.count(&recorded.event);
        let is_held = recorded.event.refunded_minor > 0
            || recorded.event.wholly_refunded
            || recorded.rows.iter().any(|row| row.reversed.is_some())
            || campaign.is_some_and(|campaign| self.is_tiered(campaign));
        let too_large = |error| ReplayError::TooLarge {
            event: recorded.event.external_id.clone(),
            error,
        };
        let conversion = held.conversion();
        let mut standings = Vec::with_capacity(tiers.len());
        if let Some(campaign) = campaign {
            for (tier, window) in &tiers {
                let before = self.counts.before(campaign, tier, *window, &self.held);
                let (before, fired) = before.map_err(too_large)?;
                let standing = Standing::new(&tier.tier, *window, before, fired, &conversion);
                standings.push(standing.map_err(too_large)?);
            }
        }
        let due = self
            .rate(&recorded, &mut held, earned, &standings, &conversion, in_range)
            .map_err(too_large)?;
        if let Some(campaign) = campaign {
            for (index, ((tier, window), standing)) in tiers.iter().zip(&standings).enumerate() {
                let of_tier = due.iter().filter(|due| due.standing == index);
                let fired = of_tier.fold(standing.fired, |fired, due| fired.and(due.side));
                self.counts.put(campaign, tier, *window, standing.with, fired);
            }
        }
        if is_held {
            self.held.insert(id, held);
            if in_range {
                self.fire(&recorded.event, campaign, &tiers, &standings, &due)
                    .map_err(too_large)?;
            }
            return Ok(());
        }
        // Nothing more becomes of it.
        if in_range {
            let month = self.month(recorded.event.recorded_at);
            let mut entry = self.entries.remove(&id).unwrap_or_else(|| Entry::new(id, campaign));
            for row in held.rows {
                entry.add_proposed(changed_row(row), month);
            }
            self.changed.extend(self.tally.add(entry)?);
        }
        Ok(())
    }

    /// The event as it is before any tier; in the range with what it earns, before it with the rows that it has.
    fn earn(&mut self, recorded: &Recorded, in_range: bool) -> Result<(Held, Vec<Earned>), ReplayError> {
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
            Written::of(row, term)
        });
        let mut held = Held {
            event: event.clone(),
            base: Vec::new(),
            rows: Vec::new(),
            written: written.collect(),
            refunded: Refunded {
                refunded_minor: 0,
                charged_minor: event.amount.map_or(0, Money::minor),
                wholly: false,
            },
        };
        let scheduled = self.whose.loose.iter().filter(|loose| {
            let is_of = |row: &LedgerRow| loose.adjusts == Some(row.id);
            recorded.rows.iter().any(is_of)
        });
        let scheduled: Vec<_> = scheduled.cloned().collect();
        held.written.extend(scheduled.iter().map(|row| Written::of(row, None)));
        for row in &scheduled {
            self.schedule(event.id, row);
        }
        if !in_range {
            let unrated = |row: &&LedgerRow| {
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

    /// Takes over the rows that accrued before the range.
    fn keep_rows<'r>(&self, held: &mut Held, rows: impl Iterator<Item = &'r LedgerRow>) {
        for row in rows.filter(|row| row.accrued_at < self.whose.from) {
            let written = held.written(row.id);
            let kept = Row {
                kind: row.kind,
                term: written.and_then(|written| written.term),
                tier: row.tier,
                amount: row.amount,
                is_fixed: row.is_fixed,
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
    fn accrue(&mut self, recorded: &Recorded) -> Result<Vec<Earned>, ReplayError> {
        let (event, versions) = (&recorded.event, self.versions);
        let made_with = recorded.decision.as_ref().map(|decided| &decided.made_with);
        let campaign = event.attribution.and_then(|attribution| attribution.campaign_id);
        let campaign = campaign.and_then(|id| {
            let version = made_with.and_then(|made_with| made_with.campaign_version);
            versions.campaign(id, version, event.recorded_at)
        });
        let live = campaign.map(|found| &**found.value);
        let snapshot = match made_with {
            // What stopped it then stops it now.
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
        let happening = Happening {
            kind: event.kind,
            event_type: event.event_type.as_deref(),
            amount: event.amount,
            occurred_at: event.occurred_at,
            customer: self.standings.history(recorded),
        };
        let (zone, base) = (self.whose.zone, self.whose.base);
        let considered = accrual::consider(&terms, &happening, zone, base);
        let asks_group = considered.iter().any(Considered::asks_group);
        let group = match asks_group || terms.is_fallback {
            true => self.group(event, recorded.decision.as_ref()),
            false => None,
        };
        if terms.unpaid(group.is_some()).is_some() {
            return Ok(Vec::new());
        }
        let asked = match (&group, event.amount) {
            (Some(group), Some(charged)) if asks_group => Some((&**group, self.standings.of(charged.currency()))),
            _ => None,
        };
        let verdicts = accrual::earned(&terms, considered, &happening, asked, zone, base);
        let verdicts = verdicts.map_err(|error| ReplayError::TooLarge {
            event: event.external_id.clone(),
            error,
        })?;
        Ok(verdicts.into_iter().filter_map(Verdict::earned).collect())
    }

    /// The partner's group when the event was recorded, or the default one of that time.
    fn group(&mut self, event: &Event, decided: Option<&Decided>) -> Option<Arc<PartnerGroup>> {
        let at = event.recorded_at;
        if let Some(Decided {
            made_with, components, ..
        }) = decided
        {
            if let Some((id, version)) = made_with.group {
                let found = self.versions.group(id, Some(version), at)?;
                self.is_incomplete |= !found.is_known;
                return Some(found.value.clone());
            }
            // It was asked for, and there was none.
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

    /// The tiers that count the event, in the order of their making.
    fn wanted(&mut self, recorded: &Recorded, campaign: Option<CampaignId>, in_range: bool) -> Vec<Wanted> {
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
                    // One that is gone has never changed an amount.
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

    /// Whether any version of any tier is for what the partner does on the campaign.
    fn is_tiered(&mut self, campaign: CampaignId) -> bool {
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

    /// Gives the event the rows that tiers leave it, in the range; and says which retroactive parts fire with it.
    fn rate(
        &self,
        recorded: &Recorded,
        held: &mut Held,
        earned: Vec<Earned>,
        standings: &[Standing<'_>],
        conversion: &Conversion,
        in_range: bool,
    ) -> Result<Vec<tiered::Due>, AmountTooLarge> {
        let mut paid = tiered::pay(standings, conversion)?;
        let made_with = recorded.decision.as_ref().map(|decided| &decided.made_with);
        let status = made_with.and_then(|made_with| made_with.partner_status);
        if !partner_earns(status.unwrap_or(self.whose.status)) {
            // Goals reached by what earns nothing wait for the next conversion that does.
            paid.due.clear();
        }
        if in_range {
            for (earned, rated) in earned.into_iter().zip(paid.payout) {
                if rated.amount.minor() == 0 {
                    continue;
                }
                let is_of = |row: &&Written| row.kind == CommissionKind::Event && row.term == Some(earned.term);
                let stands_for = held.written.iter().find(is_of).map(|row| row.id);
                let mut steps = earned.explanation;
                steps.extend(rated.steps);
                let row = Row {
                    kind: CommissionKind::Event,
                    term: Some(earned.term),
                    tier: None,
                    amount: rated.amount,
                    is_fixed: earned.basis == BasisKind::Fixed,
                    is_reversed: false,
                    accrued_at: recorded.event.recorded_at,
                    on: recorded.event.id,
                    under: None,
                    stands_for,
                    steps: held.keep(stands_for, rated.amount, steps),
                };
                held.rows.push(row);
            }
        }
        Ok(paid.due)
    }

    /// Fires the retroactive parts that are due with this event, which is held already.
    fn fire(
        &mut self,
        event: &Event,
        campaign: Option<CampaignId>,
        tiers: &[Wanted],
        standings: &[Standing<'_>],
        due: &[tiered::Due],
    ) -> Result<(), AmountTooLarge> {
        let due: Vec<_> = due.iter().filter(|due| due.side == Side::Payout).copied().collect();
        if due.is_empty() {
            return Ok(());
        }
        let windows: Vec<_> = due.iter().map(|due| standings[due.standing].window).collect();
        let concerned = self.held.values().filter(|held| {
            held.event.attribution.and_then(|attribution| attribution.campaign_id) == campaign
                && windows.iter().any(|window| window.contains(held.event.occurred_at))
        });
        let (ids, mut past): (Vec<EventId>, Vec<_>) = concerned.map(|held| (held.event.id, held.past())).unzip();
        for adjustment in tiered::fire(&due, standings, &mut past)? {
            let tier = tiers[adjustment.due.standing].0.id;
            let Some(held) = self.held.get_mut(&ids[adjustment.conversion]) else {
                continue;
            };
            let under = adjustment.row.and_then(|row| held.own().nth(row));
            let from = self.whose.from;
            let is_of = |row: &&Written| {
                row.kind == CommissionKind::TierAdjustment && row.tier == Some(tier) && row.accrued_at >= from
            };
            let stands_for = held.written.iter().find(is_of).map(|row| row.id);
            let row = Row {
                kind: CommissionKind::TierAdjustment,
                term: None,
                tier: Some(tier),
                amount: adjustment.amount,
                is_fixed: under.is_some_and(|row| held.rows[row].is_fixed),
                is_reversed: false,
                accrued_at: event.recorded_at,
                on: held.event.id,
                under,
                stands_for,
                steps: held.keep(stands_for, adjustment.amount, adjustment.steps),
            };
            let place = held.rows.len();
            let back = adjustment.clawback.map(|amount| {
                let mut loose = self.whose.loose.iter();
                let written = loose.find(|loose| loose.adjusts.is_some() && loose.adjusts == stands_for);
                let written = written.map(|row| row.id);
                Row {
                    kind: CommissionKind::Clawback,
                    tier: None,
                    amount,
                    is_fixed: false,
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

fn counted(amount: Money, is_reversed: bool) -> Money {
    match is_reversed {
        true => Money::from_minor(0, amount.currency()).expect("nothing is in range"),
        false => amount,
    }
}

fn changed_row(row: Row) -> ChangedRow {
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
