//! Events, customers, commissions, balances and payouts.

use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, children, shared};
use auth::Scope;
use domain::commission::{Balance, Commission, CommissionTransition, Entered, Payout};
use domain::decision::Decision;
use domain::event::{Customer, Event};
use domain::explain::Step;
use domain::money::Sum;
use store::{Store, balance, commission, customer, event, event_decision, payout, standing};

/// Declares a loader that calls one store function and wraps each value in an `Arc`.
macro_rules! shared_loader {
    ($($(#[$meta:meta])* $name:ident: $value:ty = $read:path;)+) => {
        $(
            $(#[$meta])*
            pub struct $name;

            impl Fetch for $name {
                type Key = Uuid;
                type Value = Arc<$value>;

                async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
                    Ok(shared($read(store.reader(), scope, keys).await?))
                }
            }
        )+
    };
}

shared_loader! {
    /// Events by id.
    EventById: Event = event::by_ids;
    /// Events by the id of their attribution.
    EventByAttribution: Event = event::by_attributions;
    /// The refunds and chargebacks of events.
    RefundsOfEvent: Vec<Event> = event::refunds_of;
    /// Why events earned what they earned.
    DecisionOfEvent: Decision = event_decision::of_events;
    /// Customers by id.
    CustomerById: Customer = customer::by_ids;
    /// Commissions by id.
    CommissionById: Commission = commission::by_ids;
    /// The details entered with commissions that were created by hand or imported.
    EnteredOfCommission: Entered = commission::entered;
    /// The explanations of how the amounts of commissions were computed.
    ExplanationOfCommission: Vec<Step> = commission::explanations_of;
    /// The status changes of commissions, oldest first.
    TransitionsOfCommission: Vec<CommissionTransition> = commission::transitions_of;
    /// Payouts by id.
    PayoutById: Payout = payout::by_ids;
    /// The balances of partners.
    BalancesOfPartner: Vec<Balance> = balance::of_partners;
    /// The lifetime values of partners.
    LifetimeValuesOfPartner: Vec<Sum> = standing::lifetime_values_of;
}

children! {
    /// The events of customers, most recently recorded first.
    EventsOfCustomer: Event, "customer.events", events_of_customer, event_count_of_customer =
        event::list_of_customers;
    /// The customers that are bound to partners, newest first.
    CustomersOfPartner: Customer, "partner.customers", customers_of_partner, customer_count_of_partner =
        customer::list_of_partners;
}
