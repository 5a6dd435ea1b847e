//! Reads what the events of a batch refer to, for all of them at once: two statements, one more if tiers name their
//! campaigns, one if events take their partner or campaign from their customers, one if events name coupons, and one if
//! touches of their customers or visitors may decide.

use std::collections::{BTreeSet, HashMap};

use super::credit::Credit;
use super::lookup_batch::LookupBatch;
use super::prepared::PreparedEvents;
use super::recorder::{AttemptError, Recorder};
use super::recording_state::RecordingState;
use crate::ledger::event::CheckedEvent;
use domain::Timestamp;
use domain::accrual::CustomerStage;
use domain::campaign::Campaign;
use domain::id::{CampaignId, CustomerId, PartnerId};
use domain::tiered::TieredCommission;
use store::StoreError;
use store::locks::InForce;
use store::partner::CreditedPartner;
use store::recording::{EventReferences, RecordingFacts};

/// The result of a lookup, by the external ids of the events.
pub struct EventLookup {
    pub known: RecordingState,
    pub credits: HashMap<String, Credit>,
    /// Locked until the transaction ends.
    pub partners: HashMap<PartnerId, CreditedPartner>,
    pub facts: HashMap<String, RecordingFacts>,
    /// Campaigns by which credits were decided, beside those that events are credited to.
    pub campaigns: HashMap<CampaignId, Campaign>,
    /// The tiers that apply to any of the events, in the order of creation.
    pub tiers: Vec<TieredCommission>,
    /// When the events are recorded.
    pub now: Timestamp,
}

impl EventLookup {
    /// The partner that the event is credited to, if it exists.
    pub fn partner_of(&self, event: &CheckedEvent) -> Option<PartnerId> {
        let named = self.credits.get(&event.external_id)?.partner?;
        self.partners.contains_key(&named).then_some(named)
    }

    /// Whether campaigns credit events as the credit assumes.
    pub fn holds(&self, credit: &Credit, facts: &RecordingFacts) -> bool {
        credit.relied.iter().all(|(id, settings)| {
            let own = facts.campaign.as_ref().filter(|campaign| campaign.id == *id);
            let campaign = own.or_else(|| self.campaigns.get(id));
            campaign.is_some_and(|campaign| settings.hold(campaign.attribution))
        })
    }

    /// Whether waiting events must be written before this one is evaluated: tiers count the partner's earlier events.
    pub fn depends_on(&self, waiting: &PreparedEvents, event: &CheckedEvent) -> bool {
        let is_tiered = self.facts.get(&event.external_id).is_some_and(|facts| facts.is_tiered);
        is_tiered && self.partner_of(event).is_some_and(|partner| waiting.is_tiered(partner))
    }
}

impl Recorder<'_> {
    pub(super) async fn look_up(&self, run: &LookupBatch) -> Result<EventLookup, AttemptError> {
        let (scope, transaction) = (self.writer.scope(), self.transaction);
        let credits = self.credits(run).await?;
        let named: BTreeSet<_> = credits.values().filter_map(|credit| credit.partner).collect();
        // In the order of their ids, as everywhere.
        let named = Vec::from_iter(named);
        // What pays must not change before this transaction ends, whatever it turns out to be.
        let mut in_force = vec![InForce::Settings, InForce::Groups, InForce::Tiers];
        let relied = |credit: &Credit| credit.relied.iter().map(|(campaign, _)| *campaign).collect::<Vec<_>>();
        let campaigns = credits
            .values()
            .flat_map(|credit| relied(credit).into_iter().chain(credit.campaign));
        in_force.extend(campaigns.map(InForce::Campaign));
        let partners = store::partner::lock_credited(transaction, &scope, &in_force, &named).await?;
        let partners: HashMap<_, _> = partners.into_iter().map(|partner| (partner.id, partner)).collect();
        // Read after taking the locks: while this transaction waited, another may have recorded the same events.
        let asked = run.events.iter().map(|(_, event)| {
            let credit = credits.get(&event.external_id);
            EventReferences {
                external_id: &event.external_id,
                partner: credit
                    .and_then(|credit| credit.partner)
                    .filter(|partner| partners.contains_key(partner)),
                campaign: credit.and_then(|credit| credit.campaign),
                customer_external_id: event.customer_external_id.as_deref(),
                visitor: event.visitor_id.as_deref(),
            }
        });
        let asked: Vec<_> = asked.collect();
        let others = credits.values().flat_map(|credit| {
            let relied = relied(credit).into_iter();
            relied.filter(|campaign| credit.campaign != Some(*campaign))
        });
        let others = Vec::from_iter(others.collect::<BTreeSet<_>>());
        let (facts, campaigns) = store::recording::facts(transaction, &scope, &asked, &others).await?;
        if facts.values().any(|facts| facts.has_erasures) {
            self.refuse_erased(run.events.iter().map(|(_, event)| event)).await?;
        }
        // Read after taking the locks, too: what was recorded while this transaction waited must be earlier, and ids
        // are ordered by time.
        let now = self.clock.now();
        let mut found = EventLookup {
            known: RecordingState::default(),
            credits,
            partners,
            facts,
            campaigns,
            tiers: Vec::new(),
            now,
        };
        found.tiers = self.tiers(run, &found).await?;
        found.known.stages = self.stages(&found).await?;
        Ok(found)
    }

    /// What was recorded so far of the customers, if the terms of any event ask for it. The customers are locked, so that
    /// of two events that are recorded at once only one finds its customer new.
    async fn stages(&self, found: &EventLookup) -> Result<HashMap<CustomerId, CustomerStage>, StoreError> {
        let is_asked = |facts: &RecordingFacts| !facts.is_known && facts.customer.is_some() && asks_customer(facts);
        if !found.facts.values().any(is_asked) {
            return Ok(HashMap::new());
        }
        let customers = found.facts.values().filter_map(|facts| facts.customer.as_ref());
        let customers: BTreeSet<_> = customers.map(|customer| customer.id.uuid()).collect();
        let (scope, customers) = (self.writer.scope(), Vec::from_iter(customers));
        store::customer::lock_all(self.transaction, &scope, &customers).await?;
        let stages = store::event::customer_stages_now(self.transaction, &scope, &customers).await?;
        let stages = stages.into_iter();
        Ok(stages.map(|(id, stage)| (CustomerId::from_uuid(id), stage)).collect())
    }

    /// The tiers that may count any of the events.
    async fn tiers(&self, run: &LookupBatch, found: &EventLookup) -> Result<Vec<TieredCommission>, StoreError> {
        let (mut partners, mut campaigns, mut advertisers) = <(Vec<_>, Vec<_>, Vec<_>)>::default();
        for (_, event) in &run.events {
            let tiered = |facts: &&RecordingFacts| facts.is_tiered && !facts.is_known;
            let facts = found.facts.get(&event.external_id).filter(tiered);
            let campaign = facts.and_then(|facts| facts.campaign.as_ref());
            if let (Some(partner), Some(campaign)) = (found.partner_of(event), campaign) {
                partners.push(partner.uuid());
                campaigns.push(campaign.id.uuid());
                advertisers.extend(campaign.advertiser_id.map(|id| id.uuid()));
            }
        }
        if partners.is_empty() {
            return Ok(Vec::new());
        }
        let (scope, transaction) = (self.writer.scope(), self.transaction);
        store::tiered_commission::counting(transaction, &scope, &partners, &campaigns, &advertisers).await
    }
}

/// Whether the terms in force ask if the customer is new to the tenant.
pub fn asks_customer(facts: &RecordingFacts) -> bool {
    let promised = facts.snapshot.as_ref().map(|snapshot| &snapshot.terms);
    let terms = promised.or(facts.campaign.as_ref().map(|campaign| &campaign.terms));
    terms.is_some_and(|terms| terms.iter().any(|term| term.matching.customer.is_some()))
}
