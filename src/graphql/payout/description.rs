//! The fields of payouts, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::{Payout, PayoutStatus};
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::money::Money;
use crate::graphql::partner::PARTNER;
use crate::graphql::payout::run::PAYOUT_RUN;
use crate::graphql::rows::{Listing, PartnerVisibility, amount, declare, link, page_of, required, value};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::{commission, id};
use store::commission::CommissionParent;
use store::view;
use store::view::PayoutColumn as Column;

/// A list of payouts.
pub fn payouts(list: view::List) -> Listing {
    Listing {
        to: &PAYOUT,
        connection: "PayoutConnection",
        edge: "PayoutEdge",
        list,
    }
}

declare! {
    /// Approved commissions of one payee in one currency, paid together. A partner's token shows neither the run nor who made
    /// and settled it.
    pub static PAYOUT: Payout = TypeDescription {
        resource: Resource::Payouts,
        identity: &[],
        is_named: false,
        table: &view::PAYOUT,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Payout>);
    "partner" = required(Column::PartnerId, &PARTNER);
    /// The individual who is paid; null: the partner is.
    "recipient": Option<String> = value(Column::Recipient, view::text);
    /// How much: the sum of its commissions.
    "amount": Money = amount(Column::Currency, Column::AmountMinor);
    /// Where it stands.
    "status": PayoutStatus = value(Column::Status, view::word!(commission::PayoutStatus));
    /// When the run made it.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was settled; null: it is pending.
    "settledAt": Option<DateTime> = value(Column::SettledAt, view::moment);
    /// What the payment system calls it; null if nothing was said.
    "reference": Option<String> = value(Column::Reference, view::text);
    /// What the payment service calls the payee, as it was when the run made the payout: of a partner its payout reference,
    /// or else its e-mail address; of an individual its name. Null: it was made before that was kept. Staff only.
    "payoutReference": Option<String> = value(Column::PayoutReference, view::text).for_partners(PartnerVisibility::Null);
    /// Who made it; null: it was made before that was kept. Staff only.
    "createdBy": Option<String> = value(Column::CreatedBy, view::text).for_partners(PartnerVisibility::Null);
    /// Who settled it; null: it is pending, or was settled before that was kept. Staff only.
    "settledBy": Option<String> = value(Column::SettledBy, view::text).for_partners(PartnerVisibility::Null);
    "run" = link(Column::RunId, &PAYOUT_RUN).for_partners(PartnerVisibility::Null);
    "commissions" = page_of(|ctx| commission_pages(ctx, CommissionParent::Payout));
}
