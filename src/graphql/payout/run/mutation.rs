//! Making and previewing payout runs.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::object::PayoutRun;
use super::preview::PayoutRunPreviewPayload;
use crate::graphql::context::mutation;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::Nullable;
use crate::graphql::input::id_texts;
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::graphql::user_error::{answer, payload};
use service::ledger::payout::{NewPayoutRun, create_run, preview_run};

/// What to pay out.
#[derive(Clone, Debug, InputObject)]
pub struct CreatePayoutRunInput {
    /// The cut-off: only what accrued before this moment, whenever it is approved, and clawbacks of that, whenever they
    /// accrued; by default everything.
    pub accrued_before: Option<DateTime>,
    /// True: what is not in the currency that its partner has chosen is left, where it has chosen one.
    #[graphql(default)]
    pub respect_payout_currency: bool,
    /// Only this currency; by default all.
    pub currency: Option<CurrencyCode>,
    /// Only these partners; by default all.
    pub partner_ids: Option<Vec<ID>>,
    /// The same key with the same input gives the run that it made first. A preview makes nothing, and takes no notice.
    pub idempotency_key: Option<String>,
}

impl From<CreatePayoutRunInput> for NewPayoutRun {
    fn from(input: CreatePayoutRunInput) -> Self {
        Self {
            accrued_before: input.accrued_before.map(|moment| moment.0),
            respect_payout_currency: input.respect_payout_currency,
            currency: input.currency.map(|code| code.0),
            partner_ids: input.partner_ids.map(id_texts),
        }
    }
}

payload! {
    /// What a payout run did.
    PayoutRunPayload {
        /// The run; null if there is something to mend.
        payout_run: PayoutRun, Payouts
    }
}

#[derive(Default)]
pub struct PayoutRunMutation;

#[Object]
impl PayoutRunMutation {
    /// Groups approved commissions by payee and currency into payouts. What is not paid carries forward, and its line says
    /// why: `PayoutRun.lines`. Needs `payouts:write`.
    async fn create_payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pay out.")] input: CreatePayoutRunInput,
    ) -> Nullable<PayoutRunPayload> {
        let request = mutation(ctx).await;
        let created = create_run(&request.app, &request.caller, input.into());
        Some(PayoutRunPayload::of(&request, created).await)
    }

    /// What `createPayoutRun` would do now, line by line. Locks nothing and writes nothing; a run comes to the same if
    /// nothing is written in between. Needs `payouts:write`, and `payouts:read` to show it.
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
