//! Checking the input of a reassignment, and locking what it concerns.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::ids::object;
use crate::{ServiceError, require, stored};
use auth::{Scope, Writer};
use domain::Timestamp;
use domain::commission::Commission;
use domain::event::{Customer, Event};
use domain::id::{self, CampaignId, CustomerId, EventId, PartnerId};
use domain::problem::{ProblemCode, Problems};
use domain::reassignment::{MAX_EVENTS, is_earned};
use domain::{text, time};
use store::event::Movable;
use store::locks::InForce;
use store::partner::CreditedPartner;
use store::{StoreError, Transaction};

/// What is to be moved.
#[derive(Clone, Debug)]
pub enum ReassignmentOrder {
    Customer(NewReassignment),
    Event(NewAttribution),
}

/// Which partner a customer is to be bound to.
#[derive(Clone, Debug)]
pub struct NewReassignment {
    pub customer_id: String,
    /// `None`: to no partner.
    pub partner_id: Option<String>,
    pub campaign_id: Option<String>,
    /// Recorded events that occurred from this moment on are moved; `None`: none.
    pub from: Option<Timestamp>,
    pub claw_back_paid: bool,
    pub reason: String,
}

/// Which partner one event is to be credited to.
#[derive(Clone, Debug)]
pub struct NewAttribution {
    pub event_id: String,
    pub partner_id: String,
    pub campaign_id: Option<String>,
    pub claw_back_paid: bool,
    pub reason: String,
}

/// The input of a reassignment, checked.
pub struct CheckedOrder {
    pub customer_id: Option<CustomerId>,
    /// `None`: events of the customer are moved.
    pub event_id: Option<EventId>,
    pub target: Option<(PartnerId, Option<CampaignId>)>,
    pub since: Option<Timestamp>,
    pub claw_back_paid: bool,
    pub reason: String,
}

/// The records that a reassignment concerns.
pub struct AffectedRecords {
    /// The customer of the events.
    pub customer: Option<Customer>,
    /// The partner that the customer was bound to, or that the event was credited to.
    pub from_partner: Option<PartnerId>,
    /// In the order of recording.
    pub events: Vec<Event>,
    /// How many more events there are to move than one call moves.
    pub remaining: u64,
    /// All partners concerned, locked until the transaction ends.
    pub partners: BTreeMap<PartnerId, CreditedPartner>,
    /// The rows of the events, in the order of writing.
    pub rows: Vec<Commission>,
}

/// Checks the input and locks what it concerns; [`StoreError::Raced`] if that was changed meanwhile.
pub async fn check(
    transaction: &Transaction,
    writer: &Writer,
    order: &ReassignmentOrder,
) -> Result<(CheckedOrder, AffectedRecords), ServiceError> {
    let (scope, mut problems) = (writer.scope(), Problems::new());
    let (partner, campaign, reason) = match order {
        ReassignmentOrder::Customer(new) => (new.partner_id.as_ref(), new.campaign_id.as_ref(), &new.reason),
        ReassignmentOrder::Event(new) => (Some(&new.partner_id), new.campaign_id.as_ref(), &new.reason),
    };
    let reason = problems.take("reason", text::reason(reason));
    let has_partner = partner.is_some();
    let partner = partner.and_then(|id| problems.id::<id::Partner>("partnerId", id));
    let campaign = match campaign {
        None => None,
        Some(_) if !has_partner => {
            problems.add("partnerId", ProblemCode::Required, "is required with a campaign");
            None
        }
        Some(id) => {
            let campaign = object::<id::Campaign>("campaignId", id, &mut problems, transaction, &scope).await?;
            campaign.map(|campaign| campaign.id)
        }
    };
    if let Some(id) = partner {
        problems.found("partnerId", stored::find(transaction, &scope, id).await?);
    }
    let target = partner.map(|partner| (partner, campaign));
    let (what, since, claw_back_paid) = match order {
        ReassignmentOrder::Customer(new) => {
            let what =
                object::<id::Customer>("customerId", &new.customer_id, &mut problems, transaction, &scope).await?;
            problems.optional("from", new.from, time::recorded);
            (what.map(ReassignedObject::Customer), new.from, new.claw_back_paid)
        }
        ReassignmentOrder::Event(new) => {
            let what = event(transaction, &scope, &new.event_id, target, &mut problems).await?;
            (
                what.map(Box::new).map(ReassignedObject::Event),
                None,
                new.claw_back_paid,
            )
        }
    };
    require!(problems; what, reason);
    let checked = CheckedOrder {
        customer_id: match &what {
            ReassignedObject::Customer(customer) => Some(customer.id),
            ReassignedObject::Event(_) => None,
        },
        event_id: match &what {
            ReassignedObject::Customer(_) => None,
            ReassignedObject::Event(event) => Some(event.id),
        },
        target,
        since,
        claw_back_paid,
        reason,
    };
    let found = find(transaction, &scope, &checked, what).await?;
    Ok((checked, found))
}

/// What is moved, as it was before anything was locked.
enum ReassignedObject {
    Customer(Customer),
    Event(Box<Event>),
}

async fn event(
    transaction: &Transaction,
    scope: &Scope,
    id: &str,
    target: Option<(PartnerId, Option<CampaignId>)>,
    problems: &mut Problems,
) -> Result<Option<Event>, StoreError> {
    let event = object::<id::Event>("eventId", id, problems, transaction, scope).await?;
    if let Some(event) = &event {
        if event.kind.takes_back() {
            let message = "is a refund or chargeback, which follows the event that it takes back: attribute that event";
            problems.add("eventId", ProblemCode::Invalid, message);
        } else if target.is_some() && event.attribution.map(|to| (to.partner_id, to.campaign_id)) == target {
            let message = "is credited to this partner and campaign already";
            problems.add("eventId", ProblemCode::Conflict, message);
        }
    }
    Ok(event)
}

/// Locks the partners concerned, then the events, and reads what they have earned.
async fn find(
    transaction: &Transaction,
    scope: &Scope,
    checked: &CheckedOrder,
    what: ReassignedObject,
) -> Result<AffectedRecords, StoreError> {
    let from_partner = match &what {
        ReassignedObject::Customer(customer) => bound_to(transaction, scope, checked, customer).await?,
        ReassignedObject::Event(event) => event.attribution.map(|attribution| attribution.partner_id),
    };
    let (seen, remaining) = chosen(transaction, scope, checked, from_partner).await?;
    let before = store::event::by_ids(transaction, scope, &seen).await?;
    let rows = store::commission::of_events(transaction, scope, &seen).await?;
    let mut concerned: BTreeSet<_> = rows.iter().map(|row| row.partner_id).collect();
    concerned.extend(before.values().filter_map(|event| Some(event.attribution?.partner_id)));
    concerned.extend(from_partner);
    concerned.extend(checked.target.map(|(partner, _)| partner));
    // In the order of their ids, as everywhere.
    let concerned = Vec::from_iter(concerned);
    let mut in_force = vec![InForce::Settings, InForce::Groups, InForce::Tiers];
    in_force.extend(checked.target.and_then(|(_, campaign)| campaign.map(InForce::Campaign)));
    let locked = store::partner::lock_credited(transaction, scope, &in_force, &concerned).await?;
    // Changes made while this transaction waited for the locks count, and may concern other partners or events.
    let customer_id = match &what {
        ReassignedObject::Customer(customer) => Some(customer.id),
        ReassignedObject::Event(event) => event.customer_id,
    };
    let customer = match customer_id {
        Some(id) => store::customer::lock(transaction, scope, id).await?,
        None => None,
    };
    let events = store::event::lock_all(transaction, scope, &seen).await?;
    let is_same = |event: &Event| before.get(&event.id.uuid()).map(|seen| seen.attribution) == Some(event.attribution);
    let again = chosen(transaction, scope, checked, from_partner).await?;
    let rebound = match &what {
        ReassignedObject::Customer(seen) => customer.as_ref() != Some(seen),
        ReassignedObject::Event(_) => false,
    };
    if rebound || locked.len() != concerned.len() || again != (seen.clone(), remaining) || !events.iter().all(is_same) {
        return Err(StoreError::Raced);
    }
    let mut rows = store::commission::of_events(transaction, scope, &seen).await?;
    rows.retain(|row| is_earned(row.kind));
    Ok(AffectedRecords {
        customer,
        from_partner,
        events,
        remaining,
        partners: locked.into_iter().map(|partner| (partner.id, partner)).collect(),
        rows,
    })
}

/// The partner that the customer is bound to. If it was last moved to the same target already, the partner it was bound
/// to before that: this call moves what the earlier one has left.
async fn bound_to(
    transaction: &Transaction,
    scope: &Scope,
    checked: &CheckedOrder,
    customer: &Customer,
) -> Result<Option<PartnerId>, StoreError> {
    let bound = customer.partner_id.map(|partner| (partner, customer.campaign_id));
    if bound == checked.target
        && let Some(last) = store::reassignment::last_of(transaction, scope, customer.id).await?
        && last.partner.map(|partner| (partner, last.campaign)) == checked.target
    {
        return Ok(last.from_partner);
    }
    Ok(customer.partner_id)
}

/// The events to move, in the order of recording, and how many more there are.
async fn chosen(
    transaction: &Transaction,
    scope: &Scope,
    checked: &CheckedOrder,
    from_partner: Option<PartnerId>,
) -> Result<(Vec<Uuid>, u64), StoreError> {
    if let Some(event) = checked.event_id {
        return Ok((vec![event.uuid()], 0));
    }
    let (Some(customer), Some(since)) = (checked.customer_id, checked.since) else {
        return Ok((Vec::new(), 0));
    };
    let movable = Movable {
        customer,
        credited_to: from_partner,
        target: checked.target,
        since,
    };
    let ids = movable.ids(transaction, scope, MAX_EVENTS).await?;
    let remaining = match (ids.len() as u64) < MAX_EVENTS {
        true => 0,
        false => movable.count(transaction, scope).await?.saturating_sub(MAX_EVENTS),
    };
    Ok((ids, remaining))
}
