//! How events are read from the database.

use super::attribution::ATTRIBUTION;
use super::object::Event;
use crate::auth::Resource;
use crate::domain::{event, id};
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::ledger::customer::CUSTOMER;
use crate::graphql::rows::{
    self, Listing, PartnerVisibility, TypeDescription, family, link, optional_amount, page_of, resolver, same,
};
use crate::store::commission::Parent;
use crate::store::{self, view};

/// A list of them.
pub fn events(list: view::List) -> Listing {
    Listing {
        to: &EVENT,
        connection: "EventConnection",
        edge: "EventEdge",
        list,
    }
}

pub static EVENT: TypeDescription = TypeDescription {
    name: "Event",
    resource: Resource::Events,
    identity: &["id", "externalId", "attribution"],
    is_named: false,
    table: &view::EVENT,
    id: || view::column(view::EventColumn::Id),
    field: |name| {
        use view::EventColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(Event::from(store::event::whole(row, prefix)?))));
        let money = |currency, minor| optional_amount(view::column(currency), view::column(minor));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Event>),
            "externalId" => value(Column::ExternalId, view::text),
            "kind" => value(Column::Kind, view::word!(event::EventKind)),
            "type" => value(Column::Type, view::text),
            "base" => value(Column::Base, view::truth),
            "amount" => money(Column::Currency, Column::AmountMinor),
            "revenue" => money(Column::RevenueCurrency, Column::RevenueMinor).for_partners(PartnerVisibility::Null),
            "occurredAt" => value(Column::OccurredAt, view::moment),
            "recordedAt" => value(Column::RecordedAt, view::moment),
            "customer" => link(view::column(Column::CustomerId), &CUSTOMER).for_partners(PartnerVisibility::Null),
            "attribution" => same(&ATTRIBUTION, false),
            "original" => link(view::column(Column::OriginalId), &EVENT),
            "refunds" => family(&EVENT, store::event::refunds),
            "metadata" => value(Column::Metadata, view::document).for_partners(PartnerVisibility::Null),
            "commissions" => page_of(|ctx| commission_pages(ctx, Parent::Event)),
            "finalRevenue" => ask().for_partners(PartnerVisibility::Null),
            // Of events without an amount it is null, whatever was taken back.
            "refundedAmount" | "revenueAdjustments" | "decision" => ask(),
            _ => return None,
        })
    },
};
