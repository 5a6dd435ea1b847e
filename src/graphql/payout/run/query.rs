//! Queries about payout runs.

use async_graphql::{Context, ID, Object};
use paged::paged;

use super::object::{PAYOUT_RUN, PayoutRun};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::PayoutRunId;

#[derive(Default)]
pub struct PayoutRunQuery;

#[paged]
#[Object]
impl PayoutRunQuery {
    /// One payout run; null if there is none, or for a partner's token.
    async fn payout_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Projected<PayoutRun>> {
        nullable(async { Projected::row(ctx, id.parse::<PayoutRunId>()?.uuid()) }).await
    }

    /// The payout runs, newest first; none for a partner's token.
    async fn payout_runs(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
    ) -> Result<ProjectedPage<Connection<PayoutRun>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Payouts)?;
        let cursors = Cursors::of((scope, "payoutRuns"));
        projected_page(
            Listing::of(&PAYOUT_RUN, store::payout_run::list()),
            &cursors,
            &arguments,
        )
    }
}
