//! Queries about backtests.

use async_graphql::{Context, ID, Object};
use paged::paged;

use super::description::BACKTEST;
use super::object::Backtest;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::BacktestId;

#[derive(Default)]
pub struct BacktestQuery;

#[paged]
#[Object]
impl BacktestQuery {
    /// One backtest; null if there is none, or for a partner's token.
    async fn backtest(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Projected<Backtest>> {
        nullable(async { Projected::row(ctx, id.parse::<BacktestId>()?.uuid()) }).await
    }

    /// The backtests, newest first; none for a partner's token.
    async fn backtests(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
    ) -> Result<ProjectedPage<Connection<Backtest>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Commissions)?;
        let cursors = Cursors::of((scope, "backtests"));
        let listing = Listing::of(&BACKTEST, store::backtest::list());
        projected_page(listing, &cursors, &arguments)
    }
}
