//! How payouts are read from the database.

use crate::auth::Resource;
use crate::domain::{commission, id};
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::partner::PARTNER;
use crate::graphql::payout::run::PAYOUT_RUN;
use crate::graphql::rows::{self, Listing, PartnerVisibility, TypeDescription, amount, link, page_of, required};
use crate::store::commission::Parent;
use crate::store::view;

/// A list of them.
pub fn payouts(list: view::List) -> Listing {
    Listing {
        to: &PAYOUT,
        connection: "PayoutConnection",
        edge: "PayoutEdge",
        list,
    }
}

pub static PAYOUT: TypeDescription = TypeDescription {
    name: "Payout",
    resource: Resource::Payouts,
    identity: &[],
    is_named: false,
    table: &view::PAYOUT,
    id: || view::column(view::PayoutColumn::Id),
    field: |name| {
        use view::PayoutColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Payout>),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "recipient" => value(Column::Recipient, view::text),
            "amount" => amount(view::column(Column::Currency), view::column(Column::AmountMinor)),
            "status" => value(Column::Status, view::word!(commission::PayoutStatus)),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "settledAt" => value(Column::SettledAt, view::moment),
            "reference" => value(Column::Reference, view::text),
            "payoutReference" => value(Column::PayoutReference, view::text).for_partners(PartnerVisibility::Null),
            "createdBy" => value(Column::CreatedBy, view::text).for_partners(PartnerVisibility::Null),
            "settledBy" => value(Column::SettledBy, view::text).for_partners(PartnerVisibility::Null),
            "run" => link(view::column(Column::RunId), &PAYOUT_RUN).for_partners(PartnerVisibility::Null),
            "commissions" => page_of(|ctx| commission_pages(ctx, Parent::Payout)),
            _ => return None,
        })
    },
};
