//! How deals are read from the database.

use super::object::Deal;
use crate::auth::Resource;
use crate::domain::id;
use crate::graphql::deal::pipeline::PAYMENT_STAGE;
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::partner::PARTNER;
use crate::graphql::rows::{
    self, Listing, PartnerVisibility, TypeDescription, amount, link, page_of, required, resolver,
};
use crate::store::commission::Parent;
use crate::store::{self, view};

/// A list of them.
pub fn deals(list: view::List) -> Listing {
    Listing {
        to: &DEAL,
        connection: "DealConnection",
        edge: "DealEdge",
        list,
    }
}

pub static DEAL: TypeDescription = TypeDescription {
    name: "Deal",
    resource: Resource::Deals,
    identity: &[],
    is_named: false,
    table: &view::DEAL,
    id: || view::column(view::DealColumn::Id),
    field: |name| {
        use view::DealColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(Deal::from(store::deal::whole(row, prefix)?))));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Deal>),
            "externalId" => value(Column::ExternalId, view::text),
            "name" => value(Column::Name, view::text),
            "value" => amount(view::column(Column::Currency), view::column(Column::ValueMinor)),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "stage" => link(view::column(Column::StageId), &PAYMENT_STAGE),
            "leadCreator" => value(Column::LeadCreator, view::text),
            "owner" => value(Column::Owner, view::text),
            "renewals" => value(Column::Renewals, view::number),
            "customFields" => ask(),
            "forecast" => ask().for_partners(PartnerVisibility::EmptyList),
            "commissions" => page_of(|ctx| commission_pages(ctx, Parent::Deal)),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            _ => return None,
        })
    },
};
