//! The fields of commissions, and the columns and rows that they are made of.

use async_graphql::ID;

use super::list::commission_pages;
use super::object::{Commission, CommissionKind, CommissionStatus, PaymentTarget, shown_steps};
use super::transition::{COMMISSION_TRANSITION, CommissionTransition};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::context::RequestContext;
use crate::graphql::deal::{DEAL, Deal};
use crate::graphql::ledger::commission::CommissionConnection;
use crate::graphql::ledger::event::{ATTRIBUTION, Attribution, EVENT, Event};
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::payout::{PAYOUT, Payout};
use crate::graphql::rows::{
    PartnerVisibility, SubSelection, amount, declare, family, link, made_of, page_of, required, stored_link, through,
    value,
};
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::{COMMISSION_SNAPSHOT, CommissionSnapshot};
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
    /// The reason of a MANUAL row; null for other kinds.
    "reason": Option<String> = value(Column::Reason, view::text);
    /// The staff's note on a MANUAL row; null if there is none, for other kinds, and for a partner's token.
    "note": Option<String> = value(Column::Note, view::text).for_partners(PartnerVisibility::Null);
    /// The id of an OPENING row in the system from which it was imported; null for other kinds.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// The partner that earned it.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The campaign in which it was earned; null if there is none.
    "campaign": Option<Campaign> = link(Column::CampaignId, &CAMPAIGN);
    /// The event that it comes from; for the clawback of a refund, the refund. Null for deals, manual rows and other
    /// clawbacks.
    "event": Option<Event> = link(Column::EventId, &EVENT);
    /// The attribution that it was made for, even if the event has been moved since: that of the event, or that of the
    /// row from which it takes back. Null for deals and manual rows.
    "attribution": Option<Attribution> = stored_link(Column::AttributionId, &ATTRIBUTION);
    /// The deal that it comes from; null for other kinds.
    "deal": Option<Deal> = through(
        Column::Id,
        &view::DEAL_PAYMENT,
        view::DealPaymentColumn::DealId,
        &DEAL,
    );
    /// The snapshot whose terms paid; null if none did.
    "snapshot": Option<CommissionSnapshot> = link(Column::SnapshotId, &COMMISSION_SNAPSHOT);
    /// The row that it adjusts or claws back; null if there is none.
    "adjusts": Option<Commission> = link(Column::AdjustsId, &COMMISSION);
    /// The rows that adjust it, newest first.
    "adjustments": CommissionConnection = page_of(|ctx| commission_pages(ctx, CommissionParent::Adjusted));
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
    /// The payout that contains it, pending or paid; null if there is none.
    "payout": Option<Payout> = link(Column::PayoutId, &PAYOUT);
    /// The payout whose money came back, of a RETURNED row; null for other kinds.
    "returnedPayout": Option<Payout> = link(Column::ReturnedPayoutId, &PAYOUT);
    /// How the amount was calculated. A partner's token can read only the steps that applied, without thresholds.
    "explanation": Vec<ExplanationStep> = made_of(
        view::CommissionWrittenColumn::Explanation,
        write_explanation,
    )
    .for_partners(PartnerVisibility::Narrowed);
    /// The changes of its status, oldest first. For a partner's token they have no reasons, and staff are shown only as
    /// "staff".
    "transitions": Vec<CommissionTransition> = family(&COMMISSION_TRANSITION, store::commission::transitions).for_partners(PartnerVisibility::Narrowed);
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
