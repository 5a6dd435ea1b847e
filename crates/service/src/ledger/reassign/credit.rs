//! What moved events earn for the partner that they are moved to, by the functions that record events: one event after
//! the other, each followed by its recorded refunds.

use std::collections::HashMap;

use uuid::Uuid;

use super::Correction;
use super::answer::{After, MovedRow};
use crate::ServiceError;
use crate::erased_names::ErasedNames;
use crate::ledger::posting::{Moments, Posting};
use crate::ledger::record::{
    AttemptError, EventLookup, Prepared, PreparedEvents, Recorder, RecordingState, asks_customer,
};
use domain::accrual::CustomerStage;
use domain::commission::ExplainedCommission;
use domain::decision::{Decision, NoCommissionReason};
use domain::event::{Attribution, AttributionSource, Event, EventKind};
use domain::history::Moment;
use domain::id::{CampaignId, CustomerId, EventId, PartnerId};
use domain::reassignment::{ReassignmentOutcome, earned_step};
use domain::tiered::TieredCommission;
use store::event::Recredited;
use store::event_decision::NewDecision;
use store::recording::{EventReferences, RecordingFacts};
use store::standing::PaidCharges;
use store::{StoreError, Writes};

/// What is in force for the partner that the events are moved to.
pub(super) struct NewCredit {
    pub(super) partner: PartnerId,
    campaign: Option<CampaignId>,
    facts: RecordingFacts,
    tiers: Vec<TieredCommission>,
    /// How many paid charges the customer has with the partner so far.
    pub(super) paid_charges: i64,
}

impl Correction<'_> {
    /// Credits the events to their new partner and returns them as they are now; those in `kept` earn nothing new.
    pub(super) async fn credit(
        &mut self,
        kept: &HashMap<EventId, NoCommissionReason>,
    ) -> Result<Vec<Event>, ServiceError> {
        let events = self.found.events.clone();
        let ids: Vec<_> = events.iter().map(|event| event.id.uuid()).collect();
        let scope = self.writer.scope();
        let mut refunds = match ids.as_slice() {
            [] => HashMap::new(),
            ids => store::event::refunds_of(self.transaction, &scope, ids).await?,
        };
        let numbers = match ids.as_slice() {
            [] => HashMap::new(),
            ids => store::event_decision::last_numbers(self.transaction, &scope, ids).await?,
        };
        let target = match self.checked.target {
            Some(target) if !events.is_empty() => Some(self.target(target).await?),
            _ => None,
        };
        let mut arrived = Vec::with_capacity(events.len());
        let Some(mut target) = target else {
            return Ok(self.credit_to_nobody(events, refunds, &numbers).await?);
        };
        for (event, place) in events.into_iter().zip(0..) {
            let refunds = refunds.remove(&event.id.uuid()).unwrap_or_default();
            let number = numbers.get(&event.id.uuid()).map_or(1, |last| last + 1);
            let kept = kept.get(&event.id).copied();
            let before = self.rows.len();
            let event = Box::pin(self.earn(&mut target, event, (place, number), kept)).await?;
            Box::pin(self.take_back(&mut target, &event, refunds, before)).await?;
            let has_rows = self.rows.iter().any(|row| row.event.id == event.id);
            if !has_rows {
                self.nothing(&event, place);
            }
            arrived.push(event);
        }
        // Updates rows that were there before with the state and the place of their events.
        let by_id: HashMap<_, _> = arrived
            .iter()
            .zip(0..)
            .map(|(event, place)| (event.id, (event, place)))
            .collect();
        for row in &mut self.rows {
            if let Some((event, place)) = by_id.get(&row.event.id) {
                (row.event, row.place) = ((*event).clone(), *place);
            }
        }
        Ok(arrived)
    }

    /// What is in force now, read once for all events.
    async fn target(&self, (partner, campaign): (PartnerId, Option<CampaignId>)) -> Result<NewCredit, StoreError> {
        let scope = self.writer.scope();
        let customer = self
            .found
            .customer
            .as_ref()
            .map(|customer| customer.external_id.as_str());
        let external_id = self.found.events.first().map_or("", |event| &event.external_id);
        let asked = [EventReferences {
            external_id,
            partner: Some(partner),
            campaign,
            customer_external_id: customer,
            visitor: None,
        }];
        let (mut facts, _) = store::recording::facts(self.transaction, &scope, &asked, &[]).await?;
        let facts = facts.remove(external_id).ok_or(StoreError::Corrupt {
            table: "event",
            column: "external_id",
            value: external_id.to_owned(),
        })?;
        let tiers = match &facts.campaign {
            Some(campaign) if facts.is_tiered => {
                let advertiser: Vec<_> = campaign.advertiser_id.iter().map(|id| id.uuid()).collect();
                let (partners, campaigns) = ([partner.uuid()], [campaign.id.uuid()]);
                let transaction = self.transaction;
                store::tiered_commission::counting(transaction, &scope, &partners, &campaigns, &advertiser).await?
            }
            _ => Vec::new(),
        };
        Ok(NewCredit {
            partner,
            campaign,
            paid_charges: facts.paid_charges,
            facts,
            tiers,
        })
    }

    /// Lets one event earn, and returns it as it is now.
    async fn earn(
        &mut self,
        target: &mut NewCredit,
        event: Event,
        (place, number): (u32, i32),
        kept: Option<NoCommissionReason>,
    ) -> Result<Event, ServiceError> {
        let moment = self.step(target.partner);
        let mut credited = self.found.partners[&target.partner];
        credited.last = moment;
        let before = event.attribution;
        let now = Event {
            attribution: Some(moved_to(&event, (target.partner, target.campaign), moment)),
            ..event
        };
        // As if it were recorded now.
        let arriving = Event {
            recorded_at: moment.at,
            ..now.clone().unrefunded()
        };
        let is_charge = arriving.kind == EventKind::Charge;
        let mut prepared = Prepared::new(
            (target.facts.base, target.facts.zone),
            arriving,
            (Some(credited), Some(moment)),
            target.facts.campaign.clone(),
            self.found.customer.clone().map(|customer| (customer, false)),
            if is_charge { target.paid_charges } else { 0 },
        );
        let recorder = Recorder {
            clock: &self.app.clock,
            latest_occurrence: self.app.latest_occurrence,
            writer: self.writer,
            transaction: self.transaction,
            writes_once: false,
            keys: None,
            renamed: ErasedNames::default(),
        };
        // What was written for earlier events counts, so nothing is cached from one event to the next.
        let mut found = EventLookup {
            known: RecordingState::with_stages(self.stages(target, &now).await?),
            credits: HashMap::new(),
            partners: HashMap::from([(credited.id, credited)]),
            facts: HashMap::new(),
            campaigns: HashMap::new(),
            tiers: Vec::new(),
            now: self.now,
        };
        let terms = match kept {
            Some(reason) => {
                prepared.decision = Decision::stopped(reason);
                None
            }
            None => {
                let earned = recorder
                    .earn(
                        &mut prepared,
                        target.facts.snapshot.as_ref(),
                        &mut found,
                        &PreparedEvents::default(),
                    )
                    .await;
                earned.map_err(|error| refused(error, &now))?
            }
        };
        let rows: Vec<_> = prepared.rows.iter().map(|earned| earned.row.id).collect();
        let tiered = recorder.apply_tiers(&mut prepared, terms.as_ref(), &target.tiers).await;
        tiered.map_err(|error| refused(error, &now))?;
        prepared.decide(&rows);
        for earned in &mut prepared.rows {
            earned.explanation.push(earned_step(moment.at));
        }
        self.write_earned(target, (before, &now), &prepared, number).await?;
        let paid = prepared
            .decision
            .components
            .iter()
            .filter(|component| component.reason.is_none());
        let terms = paid.map(|component| u32::try_from(component.term).ok());
        for (row, term) in prepared.rows.iter().zip(terms) {
            self.earned(&now, place, row, term);
        }
        // Adjustments may also belong to earlier events, which are read all at once.
        let adjusted = prepared.effects.adjustments.iter();
        let adjusted = adjusted.filter_map(|(adjustment, _)| adjustment.row.event_id);
        let others = store::distinct(adjusted.filter(|id| *id != now.id).map(|id| id.uuid()));
        let others = store::event::by_ids(self.transaction, &self.writer.scope(), &others).await?;
        for (adjustment, _) in &prepared.effects.adjustments {
            let other = adjustment.row.event_id.and_then(|id| others.get(&id.uuid()));
            self.earned(other.unwrap_or(&now), place, adjustment, None);
        }
        Ok(now)
    }

    /// What was recorded of the event's customer before it, if the terms in force ask for it.
    async fn stages(
        &self,
        target: &NewCredit,
        event: &Event,
    ) -> Result<HashMap<CustomerId, CustomerStage>, StoreError> {
        let Some(customer) = event.customer_id.filter(|_| asks_customer(&target.facts)) else {
            return Ok(HashMap::new());
        };
        let stages = store::event::customer_stages(self.transaction, &self.writer.scope(), &[event.id.uuid()]).await?;
        Ok(stages.into_values().map(|stage| (customer, stage)).collect())
    }

    async fn write_earned(
        &mut self,
        target: &mut NewCredit,
        (credited_before, now): (Option<Attribution>, &Event),
        prepared: &Prepared,
        number: i32,
    ) -> Result<(), StoreError> {
        let tenant = self.writer.tenant();
        let moments: Moments = prepared
            .moment
            .map(|moment| (target.partner, moment))
            .into_iter()
            .collect();
        let mut posting = Posting::new(tenant, self.writer.actor(), moments);
        posting.touch(target.partner);
        let reason = format!("reassigned: {}", self.checked.reason);
        for row in &prepared.rows {
            posting.write(row.clone(), Some(&reason));
        }
        for (row, reason) in &prepared.effects.adjustments {
            posting.write(row.clone(), Some(reason));
        }
        let charged = prepared.charged();
        let counted = charged.and_then(|_| {
            Some(PaidCharges {
                partner: target.partner,
                customer: now.customer_id?,
                before: target.paid_charges,
                by: 1,
            })
        });
        target.paid_charges += i64::from(counted.is_some());
        let before = Writes::of(|writes| {
            let moved = Recredited {
                before: credited_before,
                event: now,
                at: prepared.event.recorded_at,
            };
            store::event::recredit(writes, tenant, [moved]);
            let made = NewDecision {
                event: now,
                decision: &prepared.decision,
                with: &prepared.made_with,
                number,
                at: prepared.event.recorded_at,
            };
            store::event_decision::add(writes, tenant, [made]);
            store::standing::add_lifetime_values(writes, tenant, charged);
            store::standing::count_paid_charges(writes, tenant, counted);
            let member = target.campaign.map(|campaign| (target.partner, campaign));
            store::campaign::join(writes, tenant, member, self.now);
        });
        let after = Writes::of(|writes| prepared.add_effects_to(writes, tenant));
        posting.write_between(self.transaction, before, after).await
    }

    /// Events that are credited to no partner earn nothing.
    async fn credit_to_nobody(
        &mut self,
        events: Vec<Event>,
        refunds: HashMap<Uuid, Vec<Event>>,
        numbers: &HashMap<Uuid, i32>,
    ) -> Result<Vec<Event>, StoreError> {
        let nobodys = |event: Event| {
            let before = event.attribution;
            let now = Event {
                attribution: None,
                ..event
            };
            (now, before)
        };
        let (events, before): (Vec<_>, Vec<_>) = events.into_iter().map(nobodys).unzip();
        let (refunds, before_of_refunds): (Vec<_>, Vec<_>) = refunds.into_values().flatten().map(nobodys).unzip();
        let moved = events
            .iter()
            .chain(&refunds)
            .zip(before.into_iter().chain(before_of_refunds));
        let moved = moved.map(|(event, before)| Recredited {
            before,
            event,
            at: self.now,
        });
        let (decision, with) = (Decision::stopped(NoCommissionReason::Unattributed), Default::default());
        let decisions = events.iter().map(|event| NewDecision {
            event,
            decision: &decision,
            with: &with,
            number: numbers.get(&event.id.uuid()).map_or(1, |last| last + 1),
            at: self.now,
        });
        let tenant = self.writer.tenant();
        let write = self.transaction.write(|writes| {
            store::event::recredit(writes, tenant, moved);
            store::event_decision::add(writes, tenant, decisions);
        });
        write.await?;
        for (event, place) in events.iter().zip(0..) {
            let mut has_rows = false;
            for row in self.rows.iter_mut().filter(|row| row.event.id == event.id) {
                (row.event, row.place, has_rows) = (event.clone(), place, true);
            }
            if !has_rows {
                self.nothing(event, place);
            }
        }
        Ok(events)
    }

    fn earned(&mut self, event: &Event, place: u32, earned: &ExplainedCommission, term: Option<u32>) {
        self.rows.push(MovedRow {
            event: event.clone(),
            place,
            outcome: ReassignmentOutcome::Earned,
            before: None,
            after: Some(After {
                term,
                commission: earned.clone(),
            }),
            clawback: None,
            steps: self.reached(),
        });
    }

    fn nothing(&mut self, event: &Event, place: u32) {
        self.rows.push(MovedRow {
            event: event.clone(),
            place,
            outcome: ReassignmentOutcome::Nothing,
            before: None,
            after: None,
            clawback: None,
            steps: self.reached(),
        });
    }
}

/// The attribution of a moved event, as this step of its new partner's history.
pub(super) fn moved_to(event: &Event, to: (PartnerId, Option<CampaignId>), moment: Moment) -> Attribution {
    Attribution {
        moved_at: Some(moment.at),
        ..Attribution::whole(event, to, AttributionSource::NAMED, moment)
    }
}

/// The error that stops the whole reassignment; its problems name the event that caused it.
fn refused(error: AttemptError, event: &Event) -> ServiceError {
    match error {
        AttemptError::Rejected(mut problems) => {
            for problem in &mut problems {
                problem.message = format!("the event {}: {}", event.external_id, problem.message);
                problem.path = Vec::new();
            }
            ServiceError::Rejected(problems)
        }
        AttemptError::Raced | AttemptError::Renamed(_) => {
            unreachable!("earning looks up no external ids, and races for nothing")
        }
        AttemptError::Store(error) => error.into(),
    }
}
