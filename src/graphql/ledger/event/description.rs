//! The fields of events, and the columns and rows that they are made of.

use async_graphql::ID;

use super::attribution::ATTRIBUTION;
use super::object::{Event, EventKind};
use crate::graphql::ledger::commission::{CommissionConnection, commission_pages};
use crate::graphql::ledger::customer::{CUSTOMER, Customer};
use crate::graphql::ledger::event::Attribution;
use crate::graphql::money::Money;
use crate::graphql::rows::{PartnerVisibility, declare, family, link, optional_amount, page_of, stored_link, value};
use crate::graphql::scalar::{DateTime, Json};
use auth::Resource;
use domain::{event, id};
use store::commission::CommissionParent;
use store::view;
use store::view::EventColumn as Column;

declare! {
    /// Something that happened and may earn. For a partner's token, revenue, customer and metadata are null.
    pub static EVENT: Event = TypeDescription {
        resource: Resource::Events,
        identity: &["id", "externalId", "attribution"],
        is_named: true,
        table: &view::EVENT,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Event>);
    /// The id that identifies it: an event with the same external id is never recorded twice.
    "externalId": String = value(Column::ExternalId, view::text);
    /// The kind of event.
    "kind": EventKind = value(Column::Kind, view::word!(event::EventKind));
    /// A more specific type, such as "invoice_paid"; null if none was given.
    "type": Option<String> = value(Column::Type, view::text);
    /// Whether tiered commissions count it as a conversion; if false, as an event.
    "base": bool = value(Column::Base, view::truth);
    /// The amount that was paid or taken back; null if none was given.
    "amount": Option<Money> = optional_amount(Column::Currency, Column::AmountMinor);
    /// What the advertiser pays for it; null if none was given.
    "revenue": Option<Money> = optional_amount(Column::RevenueCurrency, Column::RevenueMinor).for_partners(PartnerVisibility::Null);
    "finalRevenue" = Event::computed().for_partners(PartnerVisibility::Null);
    "items" = Event::computed();
    /// The country in which it happened, as an ISO 3166-1 alpha-2 code; null if none was given.
    "country": Option<String> = value(Column::Country, view::text);
    /// When it happened.
    "occurredAt": DateTime = value(Column::OccurredAt, view::moment);
    /// When it was recorded in the ledger. FIRST, counters and other sequences follow the order of recording.
    "recordedAt": DateTime = value(Column::RecordedAt, view::moment);
    /// The customer; null if there is none.
    "customer": Option<Customer> = link(Column::CustomerId, &CUSTOMER).for_partners(PartnerVisibility::Null);
    /// The attribution to a partner; null if it is credited to none.
    "attribution": Option<Attribution> = stored_link(Column::PrimaryAttributionId, &ATTRIBUTION);
    /// The event that a refund or chargeback takes back; null for other kinds.
    "original": Option<Event> = link(Column::OriginalId, &EVENT);
    /// The refunds and chargebacks of it, in the order of recording.
    "refunds": Vec<Event> = family(&EVENT, store::event::refunds);
    "decision" = Event::computed();
    "refundedAmount" = Event::computed();
    /// Arbitrary JSON data that other systems keep with it; null if there is none.
    "metadata": Option<Json> = value(Column::Metadata, view::document).for_partners(PartnerVisibility::Null);
    /// Its own rows in the ledger, newest first: what it earned, or what it clawed back.
    "commissions": CommissionConnection = page_of(|ctx| commission_pages(ctx, CommissionParent::Event));
    "revenueAdjustments" = Event::computed();
}
