//! Making and previewing payout runs.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::object::PayoutRun;
use super::preview::PayoutRunPreviewPayload;
use crate::graphql::context::mutation;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::Nullable;
use crate::graphql::input::each;
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::graphql::user_error::{answer, payload};
use service::ledger::payout::{NewPayoutRun, create_run, preview_run};

/// What to pay out.
#[derive(Clone, Debug, InputObject)]
pub struct CreatePayoutRunInput {
    /// The cut-off: only commissions that accrued before this moment, and the clawbacks of these, whenever they
    /// accrued; by default all.
    pub accrued_before: Option<DateTime>,
    /// Whether amounts in another currency than the one that the partner has chosen are left unpaid. Partners without a
    /// chosen currency are not affected.
    #[graphql(default)]
    pub respect_payout_currency: bool,
    /// Only this currency; by default all.
    pub currency: Option<CurrencyCode>,
    /// Only these partners; by default all.
    pub partner_ids: Option<Vec<ID>>,
    /// A repeated call with the same key and input returns the run that the first call created. A preview ignores it.
    pub idempotency_key: Option<String>,
}

impl From<CreatePayoutRunInput> for NewPayoutRun {
    fn from(input: CreatePayoutRunInput) -> Self {
        Self {
            accrued_before: input.accrued_before.map(Into::into),
            respect_payout_currency: input.respect_payout_currency,
            currency: input.currency.map(Into::into),
            partner_ids: input.partner_ids.map(each),
        }
    }
}

payload! {
    /// The result of creating a payout run.
    PayoutRunPayload {
        /// The run; null if there are user errors.
        payout_run: PayoutRun, Payouts
    }
}

#[derive(Default)]
pub struct PayoutRunMutation;

#[Object]
impl PayoutRunMutation {
    /// Groups approved commissions by payee and currency into payouts. What is not paid carries forward; its line in
    /// `PayoutRun.lines` says why. Needs `payouts:write`.
    async fn create_payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pay out.")] input: CreatePayoutRunInput,
    ) -> Nullable<PayoutRunPayload> {
        let request = mutation(ctx).await;
        let created = create_run(&request.app, &request.caller, input.into());
        Some(PayoutRunPayload::of(&request, created).await)
    }

    /// Returns what `createPayoutRun` would do now, line by line. Locks nothing and writes nothing; a run gives the
    /// same result if nothing is written in between. Needs `payouts:write`, and `payouts:read` to return it.
    async fn preview_payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be paid out.")] input: CreatePayoutRunInput,
    ) -> Nullable<PayoutRunPreviewPayload> {
        let request = mutation(ctx).await;
        let (scope, input) = (request.caller.scope(), NewPayoutRun::from(input));
        let cursors = Cursors::of((scope, "previewPayoutRun", &input));
        let previewed = Box::pin(preview_run(&request.app, &request.caller, input)).await;
        Some(answer(previewed).map(|(preview, user_errors)| PayoutRunPreviewPayload {
            preview: preview.map(Arc::new),
            cursors,
            user_errors,
        }))
    }
}
