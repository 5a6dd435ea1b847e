//! Starting and canceling backtests.

use async_graphql::{Context, ID, InputObject, Object};

use super::object::Backtest;
use super::proposal::CreateBacktestInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::user_error::payload;
use service::backtest::{cancel, create};

/// Which backtest to cancel.
#[derive(Clone, InputObject)]
pub struct CancelBacktestInput {
    /// Which one. Canceling one that is canceled changes nothing.
    pub id: ID,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What became of a backtest.
    BacktestPayload {
        /// The backtest; null if there is something to mend.
        backtest: Backtest, Commissions
    }
}

#[derive(Default)]
pub struct BacktestMutation;

#[Object]
impl BacktestMutation {
    /// Works out in the background what other rules would have cost, on what was recorded in a range of time. Needs the write
    /// scope of what it proposes: `campaigns:write`, `partner_groups:write` or `tiered_commissions:write`; and
    /// `commissions:read` to show it. At most 20 of a tenant wait or run at the same time.
    async fn create_backtest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to work out.")] input: CreateBacktestInput,
    ) -> Nullable<BacktestPayload> {
        let request = mutation(ctx).await;
        let created = create(&request.app, &request.caller, input.into());
        Some(BacktestPayload::of(&request, created).await)
    }

    /// Ends a backtest that waits or runs; what it came to so far stays. Needs the scope that entering it took.
    async fn cancel_backtest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CancelBacktestInput,
    ) -> Nullable<BacktestPayload> {
        let request = mutation(ctx).await;
        let id = input.id.to_string();
        let canceled = cancel(&request.app, &request.caller, &id);
        Some(BacktestPayload::of(&request, canceled).await)
    }
}
