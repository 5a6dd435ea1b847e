//! The fields of payouts, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::{Payout, PayoutStatus};
use crate::graphql::ledger::commission::{CommissionConnection, commission_pages};
use crate::graphql::money::Money;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::payout::run::{PAYOUT_RUN, PayoutRun};
use crate::graphql::rows::{PartnerVisibility, amount, declare, link, page_of, required, value};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::{commission, id};
use store::commission::CommissionParent;
use store::view;
use store::view::PayoutColumn as Column;

declare! {
    /// Approved commissions of one payee in one currency, paid together. For a partner's token, the run and the fields
    /// that name staff are null.
    pub static PAYOUT: Payout = TypeDescription {
        resource: Resource::Payouts,
        identity: &[],
        is_named: false,
        table: &view::PAYOUT,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Payout>);
    /// The partner that is paid, or whose individual is paid.
    "partner": Partner = required(Column::PartnerId, &PARTNER);
    /// The individual who is paid; null if the partner is paid.
    "recipient": Option<String> = value(Column::Recipient, view::text);
    /// The sum of its commissions.
    "amount": Money = amount(Column::Currency, Column::AmountMinor);
    /// Its status.
    "status": PayoutStatus = value(Column::Status, view::word!(commission::PayoutStatus));
    /// When the run created it.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was settled, also if its money came back later; null if it is pending.
    "settledAt": Option<DateTime> = value(Column::SettledAt, view::moment);
    /// Its reference in the payment system; null if none was given.
    "reference": Option<String> = value(Column::Reference, view::text);
    /// Identifies it in files of payment services and on statements of banks: 10 letters and digits, of which the first 8
    /// are unique within the tenant.
    "bankReference": String = value(Column::BankReference, view::text);
    /// When its money came back; null if it did not.
    "returnedAt": Option<DateTime> = value(Column::ReturnedAt, view::moment);
    /// Who noted that its money came back; null if it did not. Staff only.
    "returnedBy": Option<String> = value(Column::ReturnedBy, view::text).for_partners(PartnerVisibility::Null);
    /// Why its money came back; null if it did not, or if no reason was given. Staff only.
    "returnReason": Option<String> = value(Column::ReturnReason, view::text).for_partners(PartnerVisibility::Null);
    /// The payee at the payment service, as of the payout's creation: for a partner, its payout reference or else its
    /// e-mail address; for an individual, the name. Staff only.
    "payoutReference": Option<String> = value(Column::PayoutReference, view::text).for_partners(PartnerVisibility::Null);
    /// Who created it. Staff only.
    "createdBy": Option<String> = value(Column::CreatedBy, view::text).for_partners(PartnerVisibility::Null);
    /// Who settled it; null if it is pending. Staff only.
    "settledBy": Option<String> = value(Column::SettledBy, view::text).for_partners(PartnerVisibility::Null);
    /// The run that created it; null for a partner's token.
    "run": Option<PayoutRun> = link(Column::RunId, &PAYOUT_RUN).for_partners(PartnerVisibility::Null);
    /// The commissions included when it was created, newest first, even if it failed or was canceled and released them.
    "commissions": CommissionConnection = page_of(|ctx| commission_pages(ctx, CommissionParent::Payout));
}
