//! Customers as output types.

use async_graphql::{ComplexObject, ID};

use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::connection::Connection;
use crate::graphql::ledger::event::{EVENT, Event};
use crate::graphql::loader::EventsOfCustomer;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{child_list_of, declare, link, page_of, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::event;
use domain::id;
use store::view;
use store::view::CustomerColumn as Column;

row! {
    /// A customer, who pays.
    pub struct Customer(event::Customer): CUSTOMER, store::customer;
}

declare! {
    /// Somebody who pays; acquired by a partner.
    pub static CUSTOMER: Customer = TypeDescription {
        resource: Resource::Events,
        identity: &[],
        is_named: false,
        table: &view::CUSTOMER,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Customer>);
    /// Its id in other systems; unique in the tenant.
    "externalId": String = value(Column::ExternalId, view::text);
    /// When month 1 of its life starts. It never changes.
    "acquiredAt": DateTime = value(Column::AcquiredAt, view::moment);
    /// The partner to which it is bound, by its first attributed event or by a reassignment; null if there is none.
    "partner": Option<Partner> = link(Column::PartnerId, &PARTNER);
    /// The campaign to which it is bound, by its first attributed event or by a reassignment; null if there is none.
    "campaign": Option<Campaign> = link(Column::CampaignId, &CAMPAIGN);
    /// Its events, the last recorded first.
    "events": Connection<Event> = page_of(|ctx| {
        child_list_of::<EventsOfCustomer>(ctx, Resource::Events, &EVENT)
    });
}

#[ComplexObject]
impl Customer {}
