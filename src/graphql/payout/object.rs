//! Payouts as output types.

use async_graphql::{ComplexObject, Context, Enum};
use paged::paged;

use super::description::PAYOUT;
use crate::graphql::error::{ApiError, Nullable, existing, nullable};
use crate::graphql::identity;
use crate::graphql::ledger::commission::{CommissionConnection, commissions_of};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::payout::run::PayoutRun;
use crate::graphql::shared::row;
use domain::commission;
use domain::id::PayoutId;
use store::commission::CommissionParent;

/// The status of a payout. FAILED, CANCELED and RETURNED are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::PayoutStatus")]
pub enum PayoutStatus {
    /// It is waiting to be paid; its commissions are reserved.
    Pending,
    /// It was paid, and so were its commissions.
    Paid,
    /// The payment failed; its commissions were released.
    Failed,
    /// It was canceled; its commissions were released.
    Canceled,
    /// It was paid, and the money came back. Its commissions stay paid; a commission of kind RETURNED is owed instead.
    Returned,
}

row! {
    /// Approved commissions of one payee in one currency, paid together.
    pub struct Payout(commission::Payout): PAYOUT, store::payout;
    load: Payouts, payout, PayoutId;
}

#[paged]
#[ComplexObject]
impl Payout {
    /// The partner that is paid, or whose individual is paid.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        existing(partner, "payout", "partner_id", self.0.partner_id)
    }

    /// The run that created it; null for a partner's token.
    async fn run(&self, ctx: &Context<'_>) -> Nullable<PayoutRun> {
        nullable(PayoutRun::load(ctx, self.0.run_id)).await
    }

    /// The commissions included when it was created, newest first, even if it failed or was canceled and released them.
    async fn commissions(&self, ctx: &Context<'_>, page: PageArguments) -> Result<CommissionConnection, ApiError> {
        commissions_of(ctx, CommissionParent::Payout, self.0.id.uuid(), &page, None, None)
    }
}
