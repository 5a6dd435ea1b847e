//! Queries about commissions, and series of them over time.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use paged::paged;

use super::connection::CommissionConnection;
use super::filter::CommissionFilter;
use super::list::{CommissionSelection, listing};
use super::object::{Commission, CommissionStatus};
use super::whole_list::WholeList;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::interval::{IntervalBounds, SeriesInterval};
use crate::graphql::money::Money;
use crate::graphql::order::CommissionOrder;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{ListCount, Projected, ProjectedPage};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use auth::Resource;
use domain::id::CommissionId;

/// The commissions of one interval, status and currency.
#[derive(Clone, SimpleObject)]
pub struct SeriesPoint {
    /// The start of the interval, in the tenant's time zone.
    pub start: DateTime,
    /// Their present status.
    pub status: CommissionStatus,
    /// Their currency.
    pub currency: CurrencyCode,
    /// The number of commissions that accrued in the interval.
    pub count: i64,
    /// Their sum.
    pub total: Money,
    /// Their sum, in units of the currency.
    #[graphql(deprecation = "use total; may be gone from 2027-12-01")]
    pub amount: Decimal,
}

#[derive(Default)]
pub struct CommissionQuery;

#[paged]
#[Object]
impl CommissionQuery {
    /// One commission; null if there is none.
    async fn commission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Projected<Commission>> {
        nullable(async { Projected::row(ctx, id.parse::<CommissionId>()?.uuid()) }).await
    }

    /// The commissions, by default newest first.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<CommissionOrder>,
    ) -> Result<ProjectedPage<CommissionConnection>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Commissions)?;
        let selection = CommissionSelection::read(filter, order_by)?;
        let cursors = selection.cursors_of_all(scope);
        let page = page.read(&cursors)?;
        let listing = listing(None, &selection);
        let whole = WholeList::All(ListCount::of(&listing, &cursors), selection.filter);
        Ok(ProjectedPage::new(listing.page(&page, &cursors), whole))
    }

    /// Counts and sums of the commissions that accrued in each interval of a range, by present status and currency;
    /// empty intervals are left out. At most 400 intervals.
    async fn commission_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The length of an interval.")] interval: SeriesInterval,
        #[graphql(desc = "The start of the range, inclusive; it may lie within an interval, which is then cut.")]
        from: DateTime,
        #[graphql(desc = "The end of the range, exclusive.")] to: DateTime,
        #[graphql(desc = "Only commissions that match this filter.")] filter: Option<CommissionFilter>,
    ) -> Result<Vec<SeriesPoint>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Commissions)?;
        let filter = filter.unwrap_or_default().read()?;
        let IntervalBounds { starts, bounds } = IntervalBounds::read(request, Some(interval), from, to).await?;
        let list = Cursors::of((scope, "commissionSeries", &filter, &bounds)).fingerprint();
        let read = async {
            let points = store::commission_totals::series(request.store().reader(), &scope, &filter, &bounds).await?;
            Ok(Arc::new(points))
        };
        let points = request.aggregates.series.get(list, read).await?;
        let points = points.iter().filter_map(|&(interval, total)| {
            let sum = Money::of_sum(total.minor, total.currency);
            Some(SeriesPoint {
                start: DateTime(*starts.get(interval)?),
                status: total.status.into(),
                currency: sum.currency,
                count: total.count,
                total: sum,
                amount: sum.amount,
            })
        });
        Ok(points.collect())
    }
}
