//! Inputs that reassign customers and events to another partner.

use async_graphql::{ID, InputObject};

use crate::graphql::input::id_text;
use crate::graphql::scalar::DateTime;
use service::ledger::reassign::{NewAttribution, NewReassignment};

/// Whose customer it is from now on.
#[derive(Clone, Debug, InputObject)]
pub struct ReassignCustomerInput {
    /// The customer.
    pub customer_id: ID,
    /// The partner; by default nobody: the customer is bound to no partner, and events that are moved earn nothing.
    pub partner_id: Option<ID>,
    /// The campaign; by default none. Needs a partner.
    pub campaign_id: Option<ID>,
    /// Moves the recorded events that occurred from this moment on and are credited to whom the customer was bound to, or to
    /// nobody; by default none is moved, only later events follow. Events that named another partner stay.
    pub from: Option<DateTime>,
    /// What was paid is clawed back; by default it stays, and its events earn nothing anew.
    #[graphql(default = false)]
    pub claw_back_paid: bool,
    /// Why, for the record: the reason of every move of a row. 1 to 1,000 characters.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing. A preview takes no notice.
    pub idempotency_key: Option<String>,
}

/// Whom an event is credited to from now on.
#[derive(Clone, Debug, InputObject)]
pub struct AttributeEventInput {
    /// The event: a charge or conversion; its refunds go with it.
    pub event_id: ID,
    /// The partner.
    pub partner_id: ID,
    /// The campaign; by default none.
    pub campaign_id: Option<ID>,
    /// What was paid is clawed back; by default it stays, and the event earns nothing anew.
    #[graphql(default = false)]
    pub claw_back_paid: bool,
    /// Why, for the record: the reason of every move of a row. 1 to 1,000 characters.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

impl From<ReassignCustomerInput> for NewReassignment {
    fn from(input: ReassignCustomerInput) -> Self {
        Self {
            customer_id: id_text(input.customer_id),
            partner_id: input.partner_id.map(id_text),
            campaign_id: input.campaign_id.map(id_text),
            from: input.from.map(|moment| moment.0),
            claw_back_paid: input.claw_back_paid,
            reason: input.reason,
        }
    }
}

impl From<AttributeEventInput> for NewAttribution {
    fn from(input: AttributeEventInput) -> Self {
        Self {
            event_id: id_text(input.event_id),
            partner_id: id_text(input.partner_id),
            campaign_id: input.campaign_id.map(id_text),
            claw_back_paid: input.claw_back_paid,
            reason: input.reason,
        }
    }
}
