//! Settling one payout, a list of payouts, or the rest of a run.

use async_graphql::{Context, Object};

use super::input::{SettlePayoutInput, SettlePayoutsInput, SettlePayoutsWhatInput};
use super::result::{SettlePayoutsPayload, results};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::payout::Payout;
use crate::graphql::user_error::{answer, payload};
use service::ledger::payout::{settle, settle_many, settle_run};

payload! {
    /// The result of settling a payout.
    PayoutPayload {
        /// The payout as it is now; null if nothing was changed.
        payout: Payout, Payouts
    }
}

#[derive(Default)]
pub struct SettlementMutation;

#[Object]
impl SettlementMutation {
    /// Settles a payout: PAID pays all its commissions, FAILED and CANCELED release them. Needs `payouts:write`.
    async fn settle_payout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payout and its outcome.")] input: SettlePayoutInput,
    ) -> Nullable<PayoutPayload> {
        let request = mutation(ctx).await;
        let status = input.status.into();
        let settled = settle(&request.app, &request.caller, &input.id, status, input.reference);
        Some(PayoutPayload::of(&request, settled).await)
    }

    /// Settles up to 500 payouts of a list, where an invalid entry does not affect the others, or the next 500 pending
    /// payouts of a run. Payouts that are already settled in the same way are not changed. Needs `payouts:write`.
    async fn settle_payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payouts and their outcomes.")] input: SettlePayoutsInput,
    ) -> Nullable<SettlePayoutsPayload> {
        let request = mutation(ctx).await;
        let (app, caller) = (&request.app, &request.caller);
        let settled = match input.what {
            SettlePayoutsWhatInput::Settlements(list) => request.answered(settle_many(app, caller, each(list))).await,
            SettlePayoutsWhatInput::Run(run) => {
                let settled = settle_run(app, caller, &run.run_id, run.status.into(), run.reference);
                request.answered(settled).await
            }
        };
        let (settled, user_errors) = match answer(settled) {
            Ok(answered) => answered,
            Err(error) => return Some(Err(error)),
        };
        let results = match &settled {
            Some(settled) => match results(&request, settled).await {
                Ok(results) => Some(results),
                Err(error) => return Some(Err(error)),
            },
            None => None,
        };
        Some(Ok(SettlePayoutsPayload {
            settled: settled.as_ref().map(|settled| settled.settled),
            remaining: settled.as_ref().and_then(|settled| settled.remaining),
            results,
            user_errors,
        }))
    }
}
