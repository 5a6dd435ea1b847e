//! Settling one payout, a list of payouts, or the rest of a run.

use async_graphql::{Context, Object};

use super::input::{ReturnPayoutInput, SettlePayoutInput, SettlePayoutsInput, SettlePayoutsWhatInput};
use super::result::{PayoutResult, SettlePayoutsPayload};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::payout::Payout;
use crate::graphql::user_error::{answer, payload};
use service::ledger::payout::{settle, settle_many, settle_run, take_back};

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
    /// Settles a payout: PAID pays all its commissions, FAILED and CANCELED release them; RETURNED notes that the money
    /// came back. Needs `payouts:write`.
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

    /// Notes that the money of a paid payout came back, from a closed account for example. Its commissions stay paid; a
    /// commission of kind RETURNED with the payout's amount is owed instead, which the next run pays. Needs
    /// `payouts:write`.
    async fn return_payout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payout whose money came back.")] input: ReturnPayoutInput,
    ) -> Nullable<PayoutPayload> {
        let request = mutation(ctx).await;
        let returned = take_back(&request.app, &request.caller, &input.id, &input.reason);
        Some(PayoutPayload::of(&request, returned).await)
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
        let Some(settled) = settled else {
            return Some(Ok(SettlePayoutsPayload {
                user_errors,
                ..SettlePayoutsPayload::default()
            }));
        };
        let results = PayoutResult::all(&request, settled.answers).await;
        Some(results.map(|results| SettlePayoutsPayload {
            settled: Some(settled.settled),
            remaining: settled.remaining,
            results: Some(results),
            user_errors,
        }))
    }
}
