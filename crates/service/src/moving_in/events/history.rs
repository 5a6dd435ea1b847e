//! The effects of the events of a batch, computed in their order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::imported_event::ImportedEvent;
use crate::ledger::refund::taken;
use crate::ledger::tiers;
use auth::Writer;
use domain::Timestamp;
use domain::campaign::Campaign;
use domain::decision::{Decision, MadeWith, NoCommissionReason};
use domain::event::{Attribution, AttributionSource, Customer, Event};
use domain::history::Moment;
use domain::id::{CampaignId, CustomerId, EventId, PartnerId};
use domain::money::{Currency, Money};
use domain::personal::Content;
use domain::problem::{Problem, ProblemCode, Problems};
use store::partner::CreditedPartner;
use store::standing::PaidCharges;
use store::{StoreError, Transaction};

/// Customers by their external ids.
pub(super) type Customers = HashMap<String, Customer>;

/// Sums of a batch, by key.
type Sums<K> = BTreeMap<K, i64>;

pub struct History {
    now: Timestamp,
    customers: Customers,
    partners: HashMap<PartnerId, CreditedPartner>,
    campaigns: HashMap<Uuid, Campaign>,
    /// Existing events by their external ids, as they are after the refunds of the batch.
    there: HashMap<String, Event>,
    /// The existing events that have rows in the ledger, so that only recorded refunds can take back from them.
    earned: BTreeSet<Uuid>,
    /// New events in their order, and the index of each by its external id.
    new: Vec<Event>,
    places: HashMap<String, usize>,
    made_with: HashMap<EventId, MadeWith>,
    new_customers: BTreeMap<String, Customer>,
    /// Existing customers that were not bound, with what they are bound to now.
    bound: BTreeMap<CustomerId, (PartnerId, Option<CampaignId>)>,
    lifetime_values: Sums<(PartnerId, Currency)>,
    paid_charges: Sums<(PartnerId, CustomerId)>,
    members: BTreeSet<(PartnerId, CampaignId)>,
    moments: BTreeMap<PartnerId, Moment>,
    /// Existing events that are taken back: as they were, and as they are now.
    taken: BTreeMap<EventId, (Event, Event)>,
}

impl History {
    pub fn new(
        now: Timestamp,
        customers: Customers,
        partners: Vec<CreditedPartner>,
        campaigns: HashMap<Uuid, Campaign>,
        there: HashMap<String, Event>,
        earned: BTreeSet<Uuid>,
    ) -> Self {
        Self {
            now,
            customers,
            partners: partners.into_iter().map(|partner| (partner.id, partner)).collect(),
            campaigns,
            there,
            earned,
            new: Vec::new(),
            places: HashMap::new(),
            made_with: HashMap::new(),
            new_customers: BTreeMap::new(),
            bound: BTreeMap::new(),
            lifetime_values: Sums::new(),
            paid_charges: Sums::new(),
            members: BTreeSet::new(),
            moments: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    /// The content that the event was recorded with, if it was.
    pub fn content(&self, external_id: &str) -> Option<&Content> {
        let new = self.places.get(external_id).map(|place| &self.new[*place]);
        new.or_else(|| self.there.get(external_id)).map(|event| &event.content)
    }

    /// Adds a charge or conversion.
    pub fn add(&mut self, named: &ImportedEvent) -> Result<(), Vec<Problem>> {
        let customer = named.event.customer_external_id.as_ref();
        let customer = customer.and_then(|name| self.customers.get(name)).cloned();
        let (partner, campaign) = named.credit(customer.as_ref());
        let mut problems = Problems::new();
        let partner = partner.and_then(|id| problems.found("partnerId", self.partners.get(&id)).copied());
        let campaign = campaign.and_then(|id| problems.found("campaignId", self.campaigns.get(&id.uuid())).cloned());
        if problems.is_empty() && campaign.is_some() && partner.is_none() {
            problems.add(
                "partnerId",
                ProblemCode::Required,
                "must name the partner that the campaign's event is credited to",
            );
        }
        if !problems.is_empty() {
            return Err(problems.into_vec());
        }
        let (partner_id, campaign_id) = (
            partner.map(|partner| partner.id),
            campaign.as_ref().map(|found| found.id),
        );
        let moment = partner_id.map(|partner| self.step(partner));
        let at = moment.map_or(self.now, |moment| moment.at);
        let mut checked = named.event.clone();
        let source = match checked.partner_id {
            Some(_) => AttributionSource::NAMED,
            None => AttributionSource::BINDING,
        };
        let (name, acquired_at) = (checked.customer_external_id.take(), checked.customer_acquired_at);
        let mut event = checked.recorded(EventId::new(at), at);
        if let Some(name) = name {
            let acquired_at = acquired_at.unwrap_or(event.occurred_at);
            event.customer_id = Some(self.customer(name, customer, acquired_at, (partner_id, campaign_id), at));
        }
        event.attribution = partner_id
            .zip(moment)
            .map(|(partner, moment)| Attribution::whole(&event, (partner, campaign_id), source, moment));
        if let (Some(partner), Some(campaign)) = (partner_id, campaign_id) {
            self.members.insert((partner, campaign));
        }
        self.count(&event);
        let made_with = MadeWith::of(
            partner.map(|partner| (partner.status, partner.group_id)),
            campaign.as_ref(),
        );
        self.made_with.insert(event.id, made_with);
        self.places.insert(event.external_id.clone(), self.new.len());
        self.new.push(event);
        Ok(())
    }

    /// Adds a refund or chargeback.
    pub fn take_back(&mut self, named: &ImportedEvent) -> Result<(), Vec<Problem>> {
        let name = named.event.original_external_id.as_deref().unwrap_or_default();
        let place = self.places.get(name).copied();
        let original = place.map(|place| &self.new[place]).or_else(|| self.there.get(name));
        let mut problems = Problems::new();
        let Some(original) = problems.found("originalExternalId", original).cloned() else {
            return Err(problems.into_vec());
        };
        if original.kind.takes_back() {
            let message = "names an event that is neither a charge nor a conversion";
            problems.add("originalExternalId", ProblemCode::Invalid, message);
        }
        if self.earned.contains(&original.id.uuid()) {
            let message = "names an event that has commissions: import its refund with --earn";
            problems.add("originalExternalId", ProblemCode::Invalid, message);
        }
        let taken = taken(&original, &named.event, &mut problems);
        let (Some(taken), true) = (taken, problems.is_empty()) else {
            return Err(problems.into_vec());
        };
        let moment = original
            .attribution
            .map(|attribution| self.step(attribution.partner_id));
        let at = moment.map_or_else(|| self.now.max(original.recorded_at), |moment| moment.at);
        let amount = taken.0;
        let after = original.refunded_by(amount, &taken.1);
        let event = named.event.clone().taking_back(&original, taken, moment, at);
        if let Some((partner, charged)) = original.charged() {
            let sum = self.lifetime_values.entry((partner, charged.currency()));
            *sum.or_default() -= amount.map_or(0, Money::minor);
            if let (true, Some(customer)) = (after.wholly_refunded, original.customer_id) {
                let count = self.paid_charges.entry((partner, customer));
                *count.or_default() -= 1;
            }
        }
        self.taken_back(place, original, after, event);
        Ok(())
    }

    /// Notes what an event is after something was taken back of it, and by which event.
    fn taken_back(&mut self, place: Option<usize>, original: Event, now: Event, by: Event) {
        match place {
            Some(place) => self.new[place] = now,
            None => {
                let first = self.taken.entry(original.id).or_insert((original, now.clone()));
                first.1 = now.clone();
                self.there.insert(now.external_id.clone(), now);
            }
        }
        self.places.insert(by.external_id.clone(), self.new.len());
        self.new.push(by);
    }

    /// The next moment of the partner's history.
    fn step(&mut self, partner: PartnerId) -> Moment {
        let before = self.moments.get(&partner).copied();
        let before = before.or_else(|| self.partners.get(&partner).map(|partner| partner.last));
        let moment = before.expect("it is locked").next(self.now);
        self.moments.insert(partner, moment);
        moment
    }

    /// The event's customer, created or bound if necessary.
    fn customer(
        &mut self,
        name: String,
        known: Option<Customer>,
        acquired_at: Timestamp,
        (partner_id, campaign_id): (Option<PartnerId>, Option<CampaignId>),
        at: Timestamp,
    ) -> CustomerId {
        let is_new = known.is_none();
        let mut customer = known.unwrap_or_else(|| Customer {
            id: CustomerId::new(at),
            external_id: name.clone(),
            acquired_at,
            partner_id: None,
            campaign_id: None,
        });
        let id = customer.id;
        if let (None, Some(partner)) = (customer.partner_id, partner_id) {
            (customer.partner_id, customer.campaign_id) = (Some(partner), campaign_id);
            if !is_new && !self.new_customers.contains_key(&name) {
                self.bound.insert(id, (partner, campaign_id));
            }
        }
        if is_new || self.new_customers.contains_key(&name) {
            self.new_customers.insert(name.clone(), customer.clone());
        }
        self.customers.insert(name, customer);
        id
    }

    fn count(&mut self, event: &Event) {
        let Some((partner, charged)) = event.charged() else {
            return;
        };
        let sum = self.lifetime_values.entry((partner, charged.currency()));
        *sum.or_default() += charged.minor();
        if let Some(customer) = event.customer_id {
            *self.paid_charges.entry((partner, customer)).or_default() += 1;
        }
    }

    /// Writes everything.
    pub async fn write(self, transaction: &Transaction, writer: &Writer) -> Result<(), StoreError> {
        if self.new.is_empty() {
            return Ok(());
        }
        let (scope, tenant) = (writer.scope(), writer.tenant());
        let leaving: Vec<_> = self
            .taken
            .values()
            .map(|(event, after)| tiers::TakenBackEvent::Refunded(event, after.refunded(), false))
            .collect();
        tiers::uncount(transaction, writer, &leaving)
            .await
            .map_err(tiers::Failure::of_what_is_stored)?;
        // Written first, since counters that are not stored are added up from the stored events.
        let write = transaction.write(|writes| {
            let bound = self.bound.iter();
            let bound = bound.map(|(customer, (partner, campaign))| (*customer, *partner, *campaign));
            store::customer::bind_all(writes, tenant, bound);
            store::event::set_refunded(writes, tenant, self.taken.values().map(|(_, after)| after));
        });
        write.await?;
        let zone = store::tenant::get(transaction, &scope).await?.time_zone;
        let campaigns = self
            .campaigns
            .values()
            .map(|campaign| (campaign.id, campaign.advertiser_id));
        let counters = tiers::bring_in(transaction, writer, (zone, self.now), &self.new, campaigns.collect())
            .await
            .map_err(tiers::Failure::of_what_is_stored)?;
        let pairs: Vec<_> = self.paid_charges.keys().copied().collect();
        let before = store::standing::paid_charges_of(transaction, &scope, &pairs).await?;
        let counted = self
            .paid_charges
            .iter()
            .filter(|(_, by)| **by != 0)
            .map(|((partner, customer), by)| PaidCharges {
                partner: *partner,
                customer: *customer,
                before: before.get(&(*partner, *customer)).copied().unwrap_or(0),
                by: *by,
            });
        let mut by_name: Vec<_> = self.new.iter().collect();
        by_name.sort_by(|one, other| one.external_id.cmp(&other.external_id));
        let decision = Decision::stopped(NoCommissionReason::Imported);
        let decided = self.new.iter().filter_map(|event| {
            Some(store::event_decision::NewDecision {
                event,
                decision: &decision,
                with: self.made_with.get(&event.id)?,
                number: 1,
                at: event.recorded_at,
            })
        });
        let values = self.lifetime_values.iter().filter(|(_, minor)| **minor != 0);
        let values = values.map(|((partner, currency), minor)| (*partner, *currency, *minor));
        let entry = (!by_name.is_empty()).then(|| transaction.audit_entry()).flatten();
        let write = transaction.write(|writes| {
            store::customer::add(writes, tenant, self.new_customers.values());
            // Originals are inserted before what takes back from them.
            let (charges, others): (Vec<_>, Vec<_>) =
                by_name.into_iter().partition(|event| event.original_id.is_none());
            store::event::add(writes, tenant, charges, entry);
            store::event::add(writes, tenant, others, entry);
            store::event_decision::add(writes, tenant, decided);
            store::campaign::join(writes, tenant, self.members.iter().copied(), self.now);
            store::standing::add_lifetime_values(writes, tenant, values);
            store::standing::count_paid_charges(writes, tenant, counted);
            store::tier_counter::put(writes, tenant, &counters);
            store::partner::advance(
                writes,
                tenant,
                self.moments.iter().map(|(partner, moment)| (*partner, *moment)),
            );
        });
        write.await.map_err(|error| match store::is_sum_too_large(&error) {
            true => StoreError::SumTooLarge,
            false => error,
        })
    }
}
