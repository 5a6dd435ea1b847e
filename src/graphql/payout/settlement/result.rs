//! The results of settling several payouts.

use async_graphql::SimpleObject;

use crate::graphql::entry_result::entry_result;
use crate::graphql::payout::Payout;
use crate::graphql::rows::Results;
use crate::graphql::user_error::UserError;
use domain::id::PayoutId;

/// The result of settling several payouts.
#[derive(Default, SimpleObject)]
pub struct SettlePayoutsPayload {
    /// The number of payouts settled by this call, without those that were already settled in the same way; null if
    /// there are user errors.
    pub settled: Option<u64>,
    /// The number of the run's payouts that are still pending; null for a list, or if there are user errors.
    pub remaining: Option<u64>,
    /// The outcome for each payout: for a list, in its order; for a run, those settled by this call. Null if there are
    /// user errors.
    pub results: Option<Results<PayoutResult>>,
    /// Problems with the whole input; empty if `results` has the outcomes.
    pub user_errors: Vec<UserError>,
}

entry_result! {
    /// The outcome for one of several payouts.
    PayoutResult {
        /// The payout as it is now; null if there is none.
        payout: Payout, Payouts, PayoutId, store::payout::by_ids;
        /// Problems with this entry; empty if the payout is settled as requested.
        user_errors
    }
}
