//! Payout runs as output types.

use async_graphql::{ComplexObject, Context, ID};
use paged::paged;

use super::left_out::{PayoutFileFormat, PayoutLeftOut, left_out};
use super::line::{PayoutRunLine, PayoutRunTotal};
use super::line_list::{line_arguments, line_pages};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::payout::{Payout, payout_pages};
use crate::graphql::rows::{declare, page_of, page_with, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::commission;
use domain::id;
use store::payout::PayoutParent;
use store::view;
use store::view::PayoutRunColumn as Column;

row! {
    /// One run that made payouts.
    pub struct PayoutRun(commission::PayoutRun): PAYOUT_RUN, store::payout_run;
    computed: store::payout_run::whole;
}

declare! {
    /// A run that created payouts. Not visible to partners.
    pub static PAYOUT_RUN: PayoutRun = TypeDescription {
        resource: Resource::Payouts,
        identity: &[],
        is_named: false,
        table: &view::PAYOUT_RUN,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::PayoutRun>);
    /// When it ran; it considered what was approved by then.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// Who created it.
    "createdBy": Option<String> = value(Column::CreatedBy, view::text);
    /// Its cut-off: it considered only commissions that accrued before this moment, and the clawbacks of these; null:
    /// all.
    "accruedBefore": Option<DateTime> = value(Column::AccruedBefore, view::moment);
    /// What it found for each payee and currency, with the outcomes; by currency, then the largest amount first, then
    /// payee. Lines never change.
    "lines": Connection<PayoutRunLine> = page_with(line_arguments, line_pages);
    "totals" = PayoutRun::computed();
    /// The payouts that it created, newest first.
    "payouts": Connection<Payout> = page_of(|ctx| payout_pages(ctx, PayoutParent::Run));
    "leftOut" = PayoutRun::computed();
}

#[paged]
#[ComplexObject]
impl PayoutRun {
    /// The sums of its lines by outcome and currency; for PAID_OUT also by the present status of the payouts.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<PayoutRunTotal>, ApiError> {
        let totals = request(ctx).loaders().payout_run_totals.load(self.0.id.uuid()).await?;
        Ok(totals
            .iter()
            .flat_map(|totals| totals.iter())
            .map(PayoutRunTotal::from)
            .collect())
    }

    /// Its pending payouts that a file of this format leaves out, because it cannot hold them.
    async fn left_out(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "The format of the file.")] format: PayoutFileFormat,
    ) -> Result<Connection<PayoutLeftOut>, ApiError> {
        left_out(ctx, self.0.id, format, &page).await
    }
}
