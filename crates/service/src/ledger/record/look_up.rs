//! Reads what the events of a batch refer to, for all of them at once: two statements, one more if tiers name their
//! campaigns, one if events take their partner or campaign from their customers, and one if events name coupons.

use std::collections::{BTreeSet, HashMap};

use super::lookup_batch::LookupBatch;
use super::prepared::PreparedEvents;
use super::recorder::{AttemptError, Recorder};
use super::recording_state::RecordingState;
use crate::ledger::event::{Binding, CheckedEvent, binding, credited};
use domain::Timestamp;
use domain::accrual::CustomerStage;
use domain::coupon::{Coupon, CouponRefusal};
use domain::id::{self, CampaignId, CouponId, CustomerId, PartnerId};
use domain::partner::PartnerStatus;
use domain::problem::Problems;
use domain::text;
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

    /// Whether waiting events must be written before this one is evaluated: tiers count the partner's earlier events.
    pub fn depends_on(&self, waiting: &PreparedEvents, event: &CheckedEvent) -> bool {
        let is_tiered = self.facts.get(&event.external_id).is_some_and(|facts| facts.is_tiered);
        is_tiered && self.partner_of(event).is_some_and(|partner| waiting.is_tiered(partner))
    }
}

/// What an event is credited to.
#[derive(Default)]
pub struct Credit {
    /// Problems of malformed ids.
    pub problems: Problems,
    pub names_partner: bool,
    pub names_campaign: bool,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    /// The coupon that the event names, if that decides.
    pub coupon: Option<CouponId>,
    /// Why the code that the event names credits it to nobody.
    pub refused_coupon: Option<String>,
    /// The binding that the customer was assumed to have; `None` if the event does not depend on it.
    pub asked: Option<Binding>,
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
        in_force.extend(
            credits
                .values()
                .filter_map(|credit| credit.campaign.map(InForce::Campaign)),
        );
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
            }
        });
        let asked: Vec<_> = asked.collect();
        let facts = store::recording::facts(transaction, &scope, &asked).await?;
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
            tiers: Vec::new(),
            now,
        };
        found.tiers = self.tiers(run, &found).await?;
        found.known.stages = self.stages(&found).await?;
        Ok(found)
    }

    /// The credit of each event. What events leave out comes from their customers.
    async fn credits(&self, run: &LookupBatch) -> Result<HashMap<String, Credit>, StoreError> {
        let coupons = self.coupons(run).await?;
        let parsed = run.events.iter().map(|(_, event)| {
            let mut credit = Credit::default();
            if let Some(id) = &event.partner_id {
                credit.partner = credit.problems.id::<id::Partner>("partnerId", id);
            }
            if let Some(id) = &event.campaign_id {
                credit.campaign = credit.problems.id::<id::Campaign>("campaignId", id);
            }
            credit.names_partner = credit.partner.is_some();
            credit.names_campaign = credit.campaign.is_some();
            if event.partner_id.is_none()
                && let Some(code) = &event.coupon_code
            {
                let at = event.occurred_at.unwrap_or_else(|| self.clock.now());
                match check_coupon(coupons.get(&text::coupon_key(code)), at, credit.campaign) {
                    Ok(coupon) => {
                        credit.coupon = Some(coupon.id);
                        (credit.partner, credit.campaign) = (Some(coupon.partner_id), Some(coupon.campaign_id));
                    }
                    Err(refusal) => credit.refused_coupon = Some(refusal.detail(code)),
                }
            }
            let leaves_out = credit.coupon.is_none() && !(credit.names_partner && credit.names_campaign);
            let customer = event.customer_external_id.clone().filter(|_| leaves_out);
            (event.external_id.clone(), customer, credit)
        });
        let parsed: Vec<_> = parsed.collect();
        let asked: Vec<_> = parsed.iter().filter_map(|(_, customer, _)| customer.clone()).collect();
        let customers = store::customer::by_external_ids(self.transaction, &self.writer.scope(), &asked).await?;
        // What customers will be bound to by events of the batch, if these are recorded.
        let mut bound: HashMap<&str, Binding> = HashMap::new();
        let mut credits = HashMap::with_capacity(parsed.len());
        for ((event, leaves_out, mut credit), (_, checked)) in parsed.into_iter().zip(&run.events) {
            if let Some(customer) = checked.customer_external_id.as_deref() {
                let bound = bound
                    .entry(customer)
                    .or_insert_with(|| binding(customers.get(customer)));
                if leaves_out.is_some() {
                    (credit.partner, credit.campaign) = credited((credit.partner, credit.campaign), *bound);
                    credit.asked = Some(*bound);
                }
                if bound.0.is_none() {
                    *bound = (credit.partner, credit.partner.and(credit.campaign));
                }
            }
            credits.insert(event, credit);
        }
        Ok(credits)
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

    /// The coupons whose codes events name, and the status of their partners, by key.
    async fn coupons(&self, run: &LookupBatch) -> Result<HashMap<String, (Coupon, PartnerStatus)>, StoreError> {
        let unnamed = run.events.iter().filter(|(_, event)| event.partner_id.is_none());
        let codes = unnamed.filter_map(|(_, event)| event.coupon_code.as_deref());
        let keys: BTreeSet<_> = codes.map(text::coupon_key).collect();
        let keys = Vec::from_iter(keys);
        store::coupon::by_keys(self.transaction, &self.writer.scope(), &keys).await
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

fn check_coupon(
    found: Option<&(Coupon, PartnerStatus)>,
    at: Timestamp,
    campaign: Option<CampaignId>,
) -> Result<&Coupon, CouponRefusal> {
    let (coupon, partner) = found.ok_or(CouponRefusal::Unknown)?;
    coupon.check(at, *partner, campaign).map(|()| coupon)
}
