//! What a payout run would do.

use std::sync::Arc;

use async_graphql::{Context, Object};
use paged::paged;

use super::line::{PayoutOutcome, PayoutRunLine, PayoutRunTotal};
use super::line_list::{lines_of_preview, outcomes};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{Nullable, nullable};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::user_error::UserError;
use auth::Resource;
use service::ledger::payout::Preview;

/// The result of previewing a payout run.
pub struct PayoutRunPreviewPayload {
    pub(super) preview: Option<Arc<Preview>>,
    /// Identifies the input; the cursors of the lists of lines are made from it.
    pub(super) cursors: Cursors,
    pub(super) user_errors: Vec<UserError>,
}

/// The result of previewing a payout run.
#[paged]
#[Object]
impl PayoutRunPreviewPayload {
    /// What a run would find for each payee and currency, like `PayoutRun.lines`; null if there are user errors. A
    /// cursor is valid only with the same input; it marks a position in the list.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "Only lines with one of these outcomes.")] outcome: Option<Vec<PayoutOutcome>>,
    ) -> Nullable<Connection<PayoutRunLine>> {
        nullable(async {
            request(ctx).caller.read(Resource::Payouts)?;
            let lines = |preview| lines_of_preview(preview, &self.cursors, outcomes(outcome), &page);
            self.preview.as_ref().map(lines).transpose()
        })
        .await
    }

    /// The sums of these lines, like `PayoutRun.totals` right after the run; null if there are user errors.
    async fn totals(&self, ctx: &Context<'_>) -> Nullable<Vec<PayoutRunTotal>> {
        nullable(async {
            request(ctx).caller.read(Resource::Payouts)?;
            let totals = self.preview.as_ref().map(|preview| preview.totals.iter());
            Ok(totals.map(|totals| totals.map(PayoutRunTotal::from).collect()))
        })
        .await
    }

    /// Problems with the input; empty if a run could be created.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}
