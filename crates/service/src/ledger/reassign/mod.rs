//! Correcting who earned: events of a customer, or one event, are credited to another partner. What they had earned is
//! reversed, kept or clawed back; for the new partner they earn what is in force now, by the functions that record
//! events. A preview does all of it in a transaction that it rolls back.
//!
//! Partners are locked first, in the order of their ids, then the events; no other writer changes what is read after
//! that.

mod answer;
mod credit;
mod order;
mod take_back;
mod uncredit;

use std::collections::BTreeMap;

use crate::ServiceError;
use crate::aggregate::aggregate;
use crate::app::App;
use crate::ledger::posting::{Moments, later_than};
use crate::once::{begin, commit, repeated};
pub use answer::{After, Moved, MovedRow};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::event::{Customer, Event};
use domain::history::Moment;
use domain::id::{PartnerId, ReassignmentId};
use domain::reassignment::{MoveSteps, Reassignment};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use order::{AffectedRecords, CheckedOrder, ReassignmentOrder};
pub use order::{NewAttribution, NewReassignment};
use store::Transaction;

aggregate!(Customer: Customer, in customer, with answer);

/// Binds a customer to another partner, or to none, and moves its recorded events that occurred from a given time on.
/// One call moves at most [`MAX_EVENTS`](domain::reassignment::MAX_EVENTS); the same call again continues.
pub async fn reassign_customer(app: &App, caller: &Caller, input: NewReassignment) -> Result<Moved, ServiceError> {
    moved(app, caller, &ReassignmentOrder::Customer(input), true).await
}

/// What [`reassign_customer`] would do now. Writes nothing.
pub async fn preview_customer(app: &App, caller: &Caller, input: NewReassignment) -> Result<Moved, ServiceError> {
    moved(app, caller, &ReassignmentOrder::Customer(input), false).await
}

/// Credits one event to another partner; a customer that is bound to no partner is bound by it, as by a first event.
pub async fn attribute_event(app: &App, caller: &Caller, input: NewAttribution) -> Result<Moved, ServiceError> {
    moved(app, caller, &ReassignmentOrder::Event(input), true).await
}

async fn moved(app: &App, caller: &Caller, order: &ReassignmentOrder, is_kept: bool) -> Result<Moved, ServiceError> {
    let writer = caller.write(Resource::Events)?;
    caller.write(Resource::Commissions)?;
    repeated(|| Box::pin(moved_once(app, &writer, order, is_kept))).await
}

async fn moved_once(
    app: &App,
    writer: &Writer,
    order: &ReassignmentOrder,
    is_kept: bool,
) -> Result<Moved, ServiceError> {
    let transaction = match is_kept {
        true => begin(app, writer).await?,
        false => app.begin(writer).await?,
    };
    let checked = order::check(&transaction, writer, order).await?;
    let correction = Correction::begin(app, writer, &transaction, checked);
    let moved = correction.run().await?;
    match is_kept {
        true => commit(app, transaction, writer, &moved).await?,
        false => transaction.rollback().await?,
    }
    Ok(moved)
}

/// A reassignment in progress: everything that it concerns is locked.
struct Correction<'a> {
    app: &'a App,
    writer: &'a Writer,
    transaction: &'a Transaction,
    checked: CheckedOrder,
    found: AffectedRecords,
    id: ReassignmentId,
    /// The time of the reassignment in the histories of all partners concerned: later than everything in them.
    now: Timestamp,
    /// The last moments of the partners' histories so far.
    last: BTreeMap<PartnerId, Moment>,
    /// The steps by which the reassignment begins in these histories.
    begun: Moments,
    rows: Vec<MovedRow>,
}

impl<'a> Correction<'a> {
    fn begin(
        app: &'a App,
        writer: &'a Writer,
        transaction: &'a Transaction,
        (checked, found): (CheckedOrder, AffectedRecords),
    ) -> Self {
        let now = later_than(found.partners.values().map(|partner| partner.last), &app.clock);
        Self {
            app,
            writer,
            transaction,
            id: ReassignmentId::new(now),
            now,
            last: found
                .partners
                .values()
                .map(|partner| (partner.id, partner.last))
                .collect(),
            begun: Moments::new(),
            rows: Vec::new(),
            checked,
            found,
        }
    }

    /// The next moment of a partner's history.
    fn step(&mut self, partner: PartnerId) -> Moment {
        let last = self.last.get_mut(&partner);
        let last = last.expect("every partner concerned is locked");
        *last = last.next(self.now);
        *last
    }

    /// The number of the step by which the reassignment begins in the history of a partner.
    fn begun_with(&self, partner: Option<PartnerId>) -> Option<i64> {
        self.begun.get(&partner?).map(|moment| moment.sequence)
    }

    /// The last step of the reassignment in the history of the partner that events are moved to.
    fn reached(&self) -> MoveSteps {
        let last = self.checked.target.and_then(|(partner, _)| self.last.get(&partner));
        MoveSteps {
            from: None,
            to: last.map(|moment| moment.sequence),
        }
    }

    async fn run(mut self) -> Result<Moved, ServiceError> {
        let kept = self.uncredit().await?;
        let events = self.credit(&kept).await?;
        let place: BTreeMap<_, _> = events.iter().zip(0..).map(|(event, place)| (event.id, place)).collect();
        // The rows of an event come together; adjustments of other events come last.
        self.rows
            .sort_by_key(|row| place.get(&row.event.id).copied().unwrap_or(u32::MAX));
        let (reassignment, customer) = self.write(&events).await?;
        let count = events.len() as u64;
        let event = match self.checked.event_id {
            Some(_) => events.into_iter().next(),
            None => None,
        };
        Ok(Moved {
            reassignment,
            customer,
            events: count,
            event,
            rows: self.rows,
        })
    }

    /// Writes what is not part of the ledger: the reassignment, the customer's new binding, and the outbox entry.
    async fn write(&mut self, events: &[Event]) -> Result<(Reassignment, Option<Customer>), ServiceError> {
        let (tenant, to) = (self.writer.tenant(), self.checked.target);
        let reassignment = Reassignment {
            id: self.id,
            customer_id: self.checked.customer_id,
            event_id: self.checked.event_id,
            from_partner: self.found.from_partner,
            partner: to.map(|(partner, _)| partner),
            campaign: to.and_then(|(_, campaign)| campaign),
            since: self.checked.since,
            claw_back_paid: self.checked.claw_back_paid,
            reason: self.checked.reason.clone(),
            actor: self.writer.actor().to_owned(),
            at: self.now,
            remaining: self.found.remaining,
            steps: MoveSteps {
                from: self.begun_with(self.found.from_partner),
                to: self.begun_with(to.map(|(partner, _)| partner)),
            },
        };
        // The audit log only counts them: each move and each row that was written or changed records the details
        // itself.
        self.transaction
            .counted(1 + events.len() as u64 + self.rows.len() as u64);
        let mut customer = self.found.customer.clone();
        let binds = match &customer {
            Some(customer) => self.checked.event_id.is_none() || customer.partner_id.is_none(),
            None => false,
        };
        if let (Some(customer), Some(found), true) = (&mut customer, &self.found.customer, binds) {
            let bound = (customer.partner_id, customer.campaign_id);
            (customer.partner_id, customer.campaign_id) = (reassignment.partner, reassignment.campaign);
            if bound != (customer.partner_id, customer.campaign_id) {
                self.transaction.changed(found, customer);
                store::customer::rebind(self.transaction, tenant, customer.id, to).await?;
            }
        }
        let moved: Vec<_> = self
            .found
            .events
            .iter()
            .map(|event| event.attribution)
            .zip(events)
            .collect();
        let entries: Vec<_> = self.rows.iter().map(MovedRow::entry).collect();
        let told = customer.as_ref().filter(|_| binds && self.checked.event_id.is_none());
        let told = told.map(|customer| OutboxEvent {
            event_type: WebhookEventType::CustomerReassigned,
            object: customer.id.uuid(),
            at: self.now,
            detail: Some(serde_json::json!({
                "customerId": customer.id,
                "customerExternalId": customer.external_id,
                "partnerId": reassignment.partner,
                "campaignId": reassignment.campaign,
                "previousPartnerId": reassignment.from_partner,
                "movedEvents": events.len(),
            })),
        });
        let entry = self.transaction.audit_entry();
        let write = self.transaction.write(|writes| {
            store::reassignment::add(writes, tenant, (&reassignment, entry), &moved, &entries);
            if let Some((partner, Some(campaign))) = to {
                store::campaign::join(writes, tenant, [(partner, campaign)], self.now);
            }
            store::outbox::append(writes, tenant, told);
        });
        write.await?;
        Ok((reassignment, customer))
    }
}
