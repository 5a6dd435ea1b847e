//! Events that are imported as history: they count for lifetime values, first events, customers and tiers, but earn
//! nothing, fire no retroactive part of a tier and are not announced. Their effects are computed in memory, so that
//! hundreds of them take as many statements as one.

mod history;
mod imported_event;

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, conflict};
use crate::ServiceError;
use crate::app::App;
use crate::clock::Clock;
use crate::erased_names::{self, ErasedNames};
use crate::imported::Outcome;
use crate::ledger::event::NewEvent;
use crate::ledger::record::ERASED;
use auth::{Caller, Resource, Writer};
use domain::event::Event;
use domain::id::PartnerId;
use domain::personal::Compared;
use domain::problem::Problem;
use store::locks::InForce;
use store::{StoreError, Transaction};

use history::{Customers, History};
use imported_event::ImportedEvent;

/// Imports events, at most [`MAX_RECORDS`], in their order. About ten statements, however many events there are.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    events: Vec<NewEvent>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(events.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Events)?;
    let latest = app.clock.now() + app.latest_occurrence;
    let mut checked: Vec<_> = events
        .into_iter()
        .map(|event| ImportedEvent::of(event, latest, mode))
        .collect();
    let names = checked
        .iter()
        .flatten()
        .flat_map(|named| erased_names::named(&named.event));
    let keys = app.webhooks.keys.as_deref();
    let erased = ErasedNames::if_any(keys, app.store.reader(), &writer, names).await?;
    for named in checked.iter_mut().flatten() {
        erased.rename_in(&mut named.event);
    }
    attempts(app, &writer, mode, async |transaction| {
        let attempt = Attempt {
            transaction,
            writer: &writer,
            clock: &app.clock,
            mode,
        };
        attempt.run(&checked).await
    })
    .await
}

struct Attempt<'a> {
    transaction: &'a Transaction,
    writer: &'a Writer,
    clock: &'a Clock,
    mode: Mode,
}

impl Attempt<'_> {
    async fn run(&self, events: &[Result<ImportedEvent, Vec<Problem>>]) -> Result<Vec<MovingInResult>, StoreError> {
        let (scope, fine) = (self.writer.scope(), || {
            events.iter().filter_map(|named| named.as_ref().ok())
        });
        let customers = self.customers(fine()).await?;
        let partners = self.partners(fine(), &customers).await?;
        let bound = customers.values().filter_map(|customer| customer.campaign_id);
        let campaigns: Vec<_> = fine().filter_map(|named| named.campaign).chain(bound).collect();
        let mut in_force = vec![InForce::Settings, InForce::Tiers];
        in_force.extend(campaigns.iter().copied().map(InForce::Campaign));
        let partners = store::partner::lock_credited(self.transaction, &scope, &in_force, &partners).await?;
        // What was read before the locks may have changed by now.
        if self.customers(fine()).await? != customers {
            return Err(StoreError::Raced);
        }
        let there = self.events(fine()).await?;
        let campaigns = store::distinct(campaigns.into_iter().map(|id| id.uuid()));
        let campaigns = store::campaign::by_ids(self.transaction, &scope, &campaigns).await?;
        let earned = self.with_rows(fine(), &there).await?;
        let mut history = History::new(self.clock.now(), customers, partners, campaigns, there, earned);
        let mut answers = Vec::with_capacity(events.len());
        for named in events {
            answers.push(match named {
                Err(problems) => Err(problems.clone()),
                Ok(named) => match history.content(&named.event.external_id) {
                    Some(content) => match content.compare(&named.event.content) {
                        Compared::Same => Ok(Outcome::Unchanged),
                        Compared::Different => {
                            Err(conflict("externalId", "was recorded before with different content"))
                        }
                        Compared::Erased => Err(conflict("externalId", ERASED)),
                    },
                    None if named.event.kind.takes_back() => history.take_back(named).map(|()| Outcome::Created),
                    None => history.add(named).map(|()| Outcome::Created),
                },
            });
        }
        history.write(self.transaction, self.writer).await?;
        Ok(answers)
    }

    async fn customers(&self, events: impl Iterator<Item = &ImportedEvent>) -> Result<Customers, StoreError> {
        let names: BTreeSet<_> = events
            .filter_map(|named| named.event.customer_external_id.clone())
            .collect();
        let names = Vec::from_iter(names);
        store::customer::by_external_ids(self.transaction, &self.writer.scope(), &names).await
    }

    /// All partners concerned, in the order of their ids.
    async fn partners(
        &self,
        events: impl Iterator<Item = &ImportedEvent> + Clone,
        customers: &Customers,
    ) -> Result<Vec<PartnerId>, StoreError> {
        let mut partners: BTreeSet<_> = events.clone().filter_map(|named| named.partner).collect();
        partners.extend(customers.values().filter_map(|customer| customer.partner_id));
        if events.clone().any(|named| named.event.kind.takes_back()) {
            let originals = self.events(events).await?;
            let credited = originals.values().filter_map(|event| event.attribution);
            partners.extend(credited.map(|attribution| attribution.partner_id));
        }
        Ok(partners.into_iter().collect())
    }

    /// The events that exist already: these, and the originals that they take back from.
    async fn events(&self, events: impl Iterator<Item = &ImportedEvent>) -> Result<HashMap<String, Event>, StoreError> {
        let mut names = BTreeSet::new();
        for named in events {
            names.insert(named.event.external_id.clone());
            names.extend(named.event.original_external_id.clone());
        }
        store::event::by_external_ids(self.transaction, &self.writer.scope(), &Vec::from_iter(names)).await
    }

    /// The originals that have rows in the ledger, from which an imported refund must not take back.
    async fn with_rows(
        &self,
        events: impl Iterator<Item = &ImportedEvent>,
        there: &HashMap<String, Event>,
    ) -> Result<BTreeSet<Uuid>, StoreError> {
        let originals = events.filter_map(|named| named.event.original_external_id.as_ref());
        let originals: BTreeSet<_> = originals
            .filter_map(|name| there.get(name))
            .map(|event| event.id.uuid())
            .collect();
        if self.mode == Mode::CheckToEarn {
            return Ok(BTreeSet::new());
        }
        let found =
            store::commission::kinds_of_events(self.transaction, &self.writer.scope(), &Vec::from_iter(originals))
                .await?;
        Ok(found.into_keys().collect())
    }
}
