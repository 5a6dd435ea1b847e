//! Writing evaluated events.

use std::collections::BTreeMap;

use super::prepared::{Prepared, PreparedEvents};
use super::recorder::{AttemptError, NumberedResults, RecordedEvent, Recorder};
use crate::ledger::posting::{Moments, Posting};
use domain::event::Customer;
use store::standing::PaidCharges;
use store::{StoreError, Writes};

impl Recorder<'_> {
    /// Writes events and adds their results to `answers`. Partners are locked; names that other transactions may be
    /// writing, too (customers, visitors, then events), are written in sorted order, so that transactions cannot deadlock.
    pub(super) async fn write(
        &self,
        waiting: PreparedEvents,
        answers: &mut NumberedResults,
    ) -> Result<(), AttemptError> {
        let PreparedEvents(waiting) = waiting;
        let Some((_, first)) = waiting.first() else {
            return Ok(());
        };
        let (tenant, now) = (self.writer.tenant(), first.event.recorded_at);
        let mut by_name: Vec<_> = waiting.iter().map(|(_, prepared)| prepared).collect();
        let customers = self.bind_customers(&by_name).await?;
        let mut posting = Posting::new(tenant, self.writer.actor(), Moments::new());
        for (_, prepared) in &waiting {
            if let (Some(partner), Some(moment)) = (prepared.partner_id(), prepared.moment) {
                posting.step(partner, moment);
            }
            for row in &prepared.rows {
                posting.write(row.clone(), None);
            }
            for (row, reason) in &prepared.effects.adjustments {
                posting.write(row.clone(), Some(reason));
            }
        }
        self.transaction.counted(waiting.len() as u64);
        let entry = self.transaction.audit_entry();
        let all = || waiting.iter().map(|(_, prepared)| prepared);
        let before = Writes::of(|writes| {
            store::customer::add(writes, tenant, &customers);
            let mut visitors: Vec<_> = all().filter_map(Prepared::new_visitor).collect();
            visitors.sort_by(|one, other| one.visitor_id.cmp(&other.visitor_id));
            store::visitor::add(writes, tenant, visitors);
            by_name.sort_by(|one, other| one.event.external_id.cmp(&other.event.external_id));
            store::event::add(writes, tenant, by_name.iter().map(|prepared| &prepared.event), entry);
            store::event_decision::add(writes, tenant, all().map(Prepared::decided));
            let member = |prepared: &Prepared| Some((prepared.partner_id()?, prepared.campaign.as_ref()?.id));
            store::campaign::join(writes, tenant, all().filter_map(member), now);
            store::standing::add_lifetime_values(writes, tenant, all().filter_map(Prepared::charged));
            store::standing::count_paid_charges(writes, tenant, all().filter_map(paid_charge));
        });
        let after = Writes::of(|writes| all().for_each(|prepared| prepared.add_effects_to(writes, tenant)));
        posting
            .write_between(self.transaction, before, after)
            .await
            .map_err(raced)?;
        answers.extend(waiting.into_iter().map(|(place, prepared)| {
            let recorded = RecordedEvent {
                adjustments: prepared.effects.count(),
                event: prepared.event,
                commissions: prepared.rows.into_iter().map(|earned| earned.row).collect(),
                reversed: Vec::new(),
                duplicate: false,
            };
            (place, Ok(recorded))
        }));
        Ok(())
    }

    /// Binds customers that are not bound yet to the partner that their first attributed event is credited to. Returns
    /// the new ones, in the order of their names.
    async fn bind_customers(&self, events: &[&Prepared]) -> Result<Vec<Customer>, StoreError> {
        // Each with whether it is new, and whether it was bound before.
        let mut named: BTreeMap<&str, (Customer, bool, bool)> = BTreeMap::new();
        for prepared in events {
            let Some((customer, is_new)) = &prepared.customer else {
                continue;
            };
            let named = named.entry(&customer.external_id);
            let (customer, ..) = named.or_insert_with(|| (customer.clone(), *is_new, customer.partner_id.is_some()));
            if let (None, Some(partner)) = (customer.partner_id, prepared.partner_id()) {
                customer.partner_id = Some(partner);
                customer.campaign_id = prepared.campaign.as_ref().map(|campaign| campaign.id);
            }
        }
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for (customer, is_new, was_bound) in named.into_values() {
            match is_new {
                true => new.push(customer),
                false if !was_bound => known.push(customer),
                false => {}
            }
        }
        known.sort_unstable_by_key(|customer| customer.id);
        for customer in known {
            if let Some(partner) = customer.partner_id {
                let tenant = self.writer.tenant();
                store::customer::bind(self.transaction, tenant, customer.id, partner, customer.campaign_id).await?;
            }
        }
        Ok(new)
    }
}

/// What the event adds to the paid charges of its customer.
fn paid_charge(prepared: &Prepared) -> Option<PaidCharges> {
    prepared.charged()?;
    Some(PaidCharges {
        partner: prepared.partner_id()?,
        customer: prepared.event.customer_id?,
        before: prepared.paid_charges,
        by: 1,
    })
}

/// Reports a race if another writer has just taken the external id of an event or of a customer, or tied a visitor.
fn raced(error: StoreError) -> AttemptError {
    match store::taken_field(&error) {
        Some("externalId" | "customerExternalId" | "visitorId") => AttemptError::Raced,
        _ => AttemptError::Store(error),
    }
}
