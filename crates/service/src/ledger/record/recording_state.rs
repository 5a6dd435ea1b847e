//! State that the events of a batch share, including the changes of those already evaluated.

use std::collections::HashMap;

use uuid::Uuid;

use super::prepared::Prepared;
use crate::ledger::event::CheckedEvent;
use domain::accrual::CustomerStage;
use domain::event::Customer;
use domain::id::{CustomerId, PartnerGroupId, PartnerId};
use domain::money::Sum;
use domain::partner_group::PartnerGroup;
use store::partner::CreditedPartner;
use store::recording::RecordingFacts;

/// Lifetime values by partner, one for each currency.
type LifetimeValues = HashMap<Uuid, Vec<Sum>>;

#[derive(Default)]
pub struct RecordingState {
    /// Customers that events of the batch created or bound, by their external ids.
    customers: HashMap<String, Customer>,
    /// How many paid charges customers have through partners, if events of the batch changed that.
    paid_charges: HashMap<(PartnerId, CustomerId), i64>,
    /// The groups that were looked up; the default one under `None`.
    pub groups: HashMap<Option<PartnerGroupId>, Option<PartnerGroup>>,
    /// Lifetime values and numbers of qualified customers of the batch's partners, as they are stored.
    pub standings: Option<(LifetimeValues, HashMap<Uuid, i64>)>,
    /// What was recorded of customers so far, with any partner; those that are not in it are new. Only complete where the
    /// terms of an event ask for it.
    pub stages: HashMap<CustomerId, CustomerStage>,
}

impl RecordingState {
    /// A state that knows only what was recorded of these customers.
    pub fn with_stages(stages: HashMap<CustomerId, CustomerStage>) -> Self {
        Self {
            stages,
            ..Self::default()
        }
    }

    /// Updates what was found of an event with what earlier events of the batch changed.
    pub fn complete(&self, event: &CheckedEvent, partner: Option<&CreditedPartner>, facts: &mut RecordingFacts) {
        let external_id = event.customer_external_id.as_ref();
        if let Some(customer) = external_id.and_then(|id| self.customers.get(id)) {
            facts.customer = Some(customer.clone());
        }
        if let (Some(customer), Some(partner)) = (&facts.customer, partner)
            && let Some(paid) = self.paid_charges.get(&(partner.id, customer.id))
        {
            facts.paid_charges = *paid;
        }
    }

    /// Notes what an event changes.
    pub fn note(&mut self, prepared: &Prepared) {
        let Some((customer, is_new)) = &prepared.customer else {
            return;
        };
        let (partner, event) = (prepared.partner_id(), &prepared.event);
        if partner.is_some() {
            let stage = self.stages.entry(customer.id).or_default();
            *stage = stage.followed_by(event.kind, event.amount);
        }
        let mut bound = customer.clone();
        if bound.partner_id.is_none() {
            bound.partner_id = partner;
            bound.campaign_id = partner.and(prepared.campaign.as_ref()).map(|campaign| campaign.id);
        }
        if *is_new || bound != *customer {
            self.customers.insert(bound.external_id.clone(), bound);
        }
        if let (Some(partner), Some(_)) = (partner, prepared.charged()) {
            let paid = prepared.paid_charges + 1;
            self.paid_charges.insert((partner, customer.id), paid);
        }
    }
}
