//! The fields of commissions, and the columns and rows that they are made of.

use async_graphql::ID;

use super::list::commission_pages;
use super::object::{Commission, CommissionKind, CommissionStatus, PaymentTarget, shown_steps};
use super::transition::COMMISSION_TRANSITION;
use crate::graphql::campaign::CAMPAIGN;
use crate::graphql::context::RequestContext;
use crate::graphql::deal::DEAL;
use crate::graphql::ledger::event::{ATTRIBUTION, EVENT};
use crate::graphql::money::Money;
use crate::graphql::partner::PARTNER;
use crate::graphql::payout::PAYOUT;
use crate::graphql::rows::{
    PartnerVisibility, SubSelection, amount, declare, family, link, made_of, page_of, required, stored_link, through,
    value,
};
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::COMMISSION_SNAPSHOT;
use auth::Resource;
use domain::{commission, id};
use store::StoreError;
use store::commission::CommissionParent;
use store::view::{self, CommissionColumn as Column, JsonText};

declare! {
    /// A row of the ledger: an amount that a partner earned. It never changes, except for its status with the related
    /// times and payout, and a recipient that is assigned once.
    pub static COMMISSION: Commission = TypeDescription {
        resource: Resource::Commissions,
        identity: &[],
        is_named: false,
        table: &view::COMMISSION,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Commission>);
    /// Its kind.
    "kind": CommissionKind = value(Column::Kind, view::word!(commission::CommissionKind));
    /// Its status.
    "status": CommissionStatus = value(Column::Status, view::word!(commission::CommissionStatus));
    /// The amount; negative if it takes back.
    "amount": Money = amount(Column::Currency, Column::AmountMinor);
    /// Who is paid.
    "paymentTarget": PaymentTarget = value(Column::PaymentTarget, view::word!(commission::PaymentTarget));
    /// The individual who is paid; null if the partner is paid, or if nobody is assigned yet.
    "recipient": Option<String> = value(Column::Recipient, view::text);
    "reason" = value(Column::Reason, view::text);
    "note" = value(Column::Note, view::text).for_partners(PartnerVisibility::Null);
    "externalId" = value(Column::ExternalId, view::text);
    "partner" = required(Column::PartnerId, &PARTNER);
    "campaign" = link(Column::CampaignId, &CAMPAIGN);
    "event" = link(Column::EventId, &EVENT);
    "attribution" = stored_link(Column::AttributionId, &ATTRIBUTION);
    "deal" = through(
        Column::Id,
        &view::DEAL_PAYMENT,
        view::DealPaymentColumn::DealId,
        &DEAL,
    );
    "snapshot" = link(Column::SnapshotId, &COMMISSION_SNAPSHOT);
    "adjusts" = link(Column::AdjustsId, &COMMISSION);
    "adjustments" = page_of(|ctx| commission_pages(ctx, CommissionParent::Adjusted));
    /// How many days it waits before it may be approved; null: it is approved by hand only.
    "holdbackDays": Option<u32> = value(Column::HoldbackDays, view::number);
    /// When it was written.
    "accruedAt": DateTime = value(Column::AccruedAt, view::moment);
    /// When it may be approved; null: by hand, at any time.
    "matureAt": Option<DateTime> = value(Column::MatureAt, view::moment);
    /// When it was approved; null if it was not.
    "approvedAt": Option<DateTime> = value(Column::ApprovedAt, view::moment);
    /// When it was paid; null if it was not.
    "paidAt": Option<DateTime> = value(Column::PaidAt, view::moment);
    /// When it was reversed; null if it was not.
    "reversedAt": Option<DateTime> = value(Column::ReversedAt, view::moment);
    "payout" = link(Column::PayoutId, &PAYOUT);
    "returnedPayout" = link(Column::ReturnedPayoutId, &PAYOUT);
    "explanation" = made_of(
        view::CommissionWrittenColumn::Explanation,
        write_explanation,
    )
    .for_partners(PartnerVisibility::Narrowed);
    "transitions" = family(&COMMISSION_TRANSITION, store::commission::transitions).for_partners(PartnerVisibility::Narrowed);
}

fn write_explanation(
    request: &RequestContext,
    row: &view::Row,
    cells: &[usize],
    below: &SubSelection<'_>,
    json: &mut JsonText,
) -> Result<(), StoreError> {
    let steps = store::commission::explanation(row, cells[0])?;
    below.list(&shown_steps(steps, request.is_partner()), json);
    Ok(())
}
