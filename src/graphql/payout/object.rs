//! Payouts as output types.

use async_graphql::{ComplexObject, Enum};

use super::description::PAYOUT;
use crate::graphql::shared::row;
use domain::commission;

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
}

#[ComplexObject]
impl Payout {}
