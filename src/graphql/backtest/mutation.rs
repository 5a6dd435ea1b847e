//! Starting and canceling backtests.

use async_graphql::{Context, ID, InputObject, Object};

use super::object::Backtest;
use super::proposal::CreateBacktestInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::user_error::payload;
use service::backtest::{cancel, create};

/// The backtest to cancel.
#[derive(Clone, InputObject)]
pub struct CancelBacktestInput {
    /// The backtest. Canceling one that is already canceled changes nothing.
    pub id: ID,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

payload! {
    /// The result of creating or canceling a backtest.
    BacktestPayload {
        /// The backtest; null if there are user errors.
        backtest: Backtest, Commissions
    }
}

#[derive(Default)]
pub struct BacktestMutation;

#[Object]
impl BacktestMutation {
    /// Starts a backtest in the background: what other rules would have cost on the events recorded in a range of time.
    /// Needs the write scope of what it proposes (`campaigns:write`, `partner_groups:write` or
    /// `tiered_commissions:write`), and `commissions:read` to return it. At most 20 backtests of a tenant can be queued
    /// or running at the same time.
    async fn create_backtest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The backtest to create.")] input: CreateBacktestInput,
    ) -> Nullable<BacktestPayload> {
        let request = mutation(ctx).await;
        let created = create(&request.app, &request.caller, input.into());
        Some(BacktestPayload::of(&request, created).await)
    }

    /// Cancels a queued or running backtest; its results so far are kept. Needs the scope that creating it needed.
    async fn cancel_backtest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The backtest.")] input: CancelBacktestInput,
    ) -> Nullable<BacktestPayload> {
        let request = mutation(ctx).await;
        let id = input.id.to_string();
        let canceled = cancel(&request.app, &request.caller, &id);
        Some(BacktestPayload::of(&request, canceled).await)
    }
}
