//! Inputs that reassign customers and events to another partner.

use async_graphql::{ID, InputObject};

use crate::graphql::scalar::DateTime;
use service::ledger::reassign::{NewAttribution, NewReassignment};

/// The partner to which a customer is bound from now on.
#[derive(Clone, Debug, InputObject)]
pub struct ReassignCustomerInput {
    /// The customer.
    pub customer_id: ID,
    /// The partner; if absent, the customer is bound to no partner, and moved events earn nothing.
    pub partner_id: Option<ID>,
    /// The campaign; by default none. Requires a partner.
    pub campaign_id: Option<ID>,
    /// Moves the recorded events that occurred at this moment or later and are credited to the partner to which the
    /// customer was bound, or to none; by default no recorded event is moved. Events that named another partner stay.
    pub from: Option<DateTime>,
    /// Whether paid commissions are clawed back; by default they are kept, and their events earn nothing for the new
    /// partner. Imported ones are always kept.
    #[graphql(default = false)]
    pub claw_back_paid: bool,
    /// The reason, 1 to 1,000 characters; it is kept in the transition of every row.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result. A preview
    /// ignores it.
    pub idempotency_key: Option<String>,
}

/// The partner to which an event is credited from now on.
#[derive(Clone, Debug, InputObject)]
pub struct AttributeEventInput {
    /// The event: a charge or conversion; its refunds are moved with it.
    pub event_id: ID,
    /// The partner.
    pub partner_id: ID,
    /// The campaign; by default none.
    pub campaign_id: Option<ID>,
    /// Whether paid commissions are clawed back; by default they are kept, and the event earns nothing for the new
    /// partner. Imported ones are always kept.
    #[graphql(default = false)]
    pub claw_back_paid: bool,
    /// The reason, 1 to 1,000 characters; it is kept in the transition of every row.
    pub reason: String,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

impl From<ReassignCustomerInput> for NewReassignment {
    fn from(input: ReassignCustomerInput) -> Self {
        Self {
            customer_id: input.customer_id.into(),
            partner_id: input.partner_id.map(Into::into),
            campaign_id: input.campaign_id.map(Into::into),
            from: input.from.map(Into::into),
            claw_back_paid: input.claw_back_paid,
            reason: input.reason,
        }
    }
}

impl From<AttributeEventInput> for NewAttribution {
    fn from(input: AttributeEventInput) -> Self {
        Self {
            event_id: input.event_id.into(),
            partner_id: input.partner_id.into(),
            campaign_id: input.campaign_id.map(Into::into),
            claw_back_paid: input.claw_back_paid,
            reason: input.reason,
        }
    }
}
