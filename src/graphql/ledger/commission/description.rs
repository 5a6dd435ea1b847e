//! How commissions are read from the database.

use super::list::commission_pages;
use super::object::shown_steps;
use super::transition::COMMISSION_TRANSITION;
use crate::auth::Resource;
use crate::domain::{commission, id};
use crate::graphql::campaign::CAMPAIGN;
use crate::graphql::context::RequestContext;
use crate::graphql::deal::DEAL;
use crate::graphql::ledger::event::{ATTRIBUTION, EVENT};
use crate::graphql::partner::PARTNER;
use crate::graphql::payout::PAYOUT;
use crate::graphql::rows::{
    self, PartnerVisibility, SubSelection, TypeDescription, amount, family, link, made_of, page_of, required, through,
};
use crate::graphql::terms::COMMISSION_SNAPSHOT;
use crate::store::commission::Parent;
use crate::store::view::{self, Json};
use crate::store::{self, StoreError};

pub static COMMISSION: TypeDescription = TypeDescription {
    name: "Commission",
    resource: Resource::Commissions,
    identity: &[],
    is_named: false,
    table: &view::COMMISSION,
    id: || view::column(view::CommissionColumn::Id),
    field: |name| {
        use view::CommissionColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Commission>),
            "kind" => value(Column::Kind, view::word!(commission::CommissionKind)),
            "status" => value(Column::Status, view::word!(commission::CommissionStatus)),
            "amount" => amount(view::column(Column::Currency), view::column(Column::AmountMinor)),
            "paymentTarget" => value(Column::PaymentTarget, view::word!(commission::PaymentTarget)),
            "recipient" => value(Column::Recipient, view::text),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "campaign" => link(view::column(Column::CampaignId), &CAMPAIGN),
            "adjusts" => link(view::column(Column::AdjustsId), &COMMISSION),
            "adjustments" => page_of(|ctx| commission_pages(ctx, Parent::Adjusted)),
            "holdbackDays" => value(Column::HoldbackDays, view::number),
            "accruedAt" => value(Column::AccruedAt, view::moment),
            "matureAt" => value(Column::MatureAt, view::moment),
            "approvedAt" => value(Column::ApprovedAt, view::moment),
            "paidAt" => value(Column::PaidAt, view::moment),
            "reversedAt" => value(Column::ReversedAt, view::moment),
            "explanation" => made_of(
                view::column(view::CommissionWrittenColumn::Explanation),
                write_explanation,
            )
            .for_partners(PartnerVisibility::Narrowed),
            "transitions" => {
                family(&COMMISSION_TRANSITION, store::commission::transitions).for_partners(PartnerVisibility::Narrowed)
            }
            "event" => link(view::column(Column::EventId), &EVENT),
            "attribution" => link(view::column(Column::EventId), &ATTRIBUTION),
            "payout" => link(view::column(Column::PayoutId), &PAYOUT),
            "deal" => through(
                view::column(Column::Id),
                &view::DEAL_PAYMENT,
                view::column(view::DealPaymentColumn::DealId),
                &DEAL,
            ),
            "reason" => value(Column::Reason, view::text),
            "note" => value(Column::Note, view::text).for_partners(PartnerVisibility::Null),
            "externalId" => value(Column::ExternalId, view::text),
            "snapshot" => link(view::column(Column::SnapshotId), &COMMISSION_SNAPSHOT),
            _ => return None,
        })
    },
};

fn write_explanation(
    request: &RequestContext,
    row: &view::Row,
    cells: &[usize],
    below: &SubSelection<'_>,
    json: &mut Json,
) -> Result<(), StoreError> {
    let steps = store::commission::explanation(row, cells[0])?;
    below.list(&shown_steps(steps, request.is_partner()), json);
    Ok(())
}
