//! Queries of commission reports.

use std::sync::Arc;

use async_graphql::{Context, Object};
use paged::paged;

use super::cursor::{mark, place};
use super::row::{ReportDimension, ReportRow, TimeBasis};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::interval::{IntervalBounds, SeriesInterval};
use crate::graphql::ledger::commission::CommissionFilter;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::report::{self, GroupRow};
use store::commission_report::{self, Report};
use store::page::SortKey;

#[derive(Default)]
pub struct CommissionReportQuery;

#[paged]
#[Object]
impl CommissionReportQuery {
    /// Counts and sums of the commissions whose time lies in a range, grouped by the given dimensions and always by
    /// currency. Reversed commissions are included unless the filter excludes them; so, on the basis ACCRUED, the
    /// result for a past range never changes if neither the groups nor the filter use the status. Sorted by currency,
    /// then by absolute amount, largest first. At most 400 intervals.
    async fn commission_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dimensions to group by; empty: by currency only.")] group_by: Vec<ReportDimension>,
        #[graphql(desc = "The length of the intervals to group by; if absent, the range is not divided.")]
        interval: Option<SeriesInterval>,
        #[graphql(desc = "The time of a commission that is used.", default_with = "TimeBasis::Accrued")]
        time_basis: TimeBasis,
        #[graphql(desc = "The start of the range, inclusive; it may lie within an interval, which is then cut.")]
        from: DateTime,
        #[graphql(desc = "The end of the range, exclusive.")] to: DateTime,
        #[graphql(desc = "Only commissions that match this filter.")] filter: Option<CommissionFilter>,
        arguments: PageArguments,
    ) -> Result<Connection<ReportRow>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Commissions)?;
        let filter = filter.unwrap_or_default().read()?;
        let IntervalBounds { starts, bounds } = IntervalBounds::read(request, interval, from, to).await?;
        let mut dimensions: Vec<_> = group_by.into_iter().map(report::Dimension::from).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let report = Arc::new(Report {
            dimensions,
            basis: time_basis.into(),
            bounds,
            has_intervals: interval.is_some(),
            filter,
        });
        let cursors = Cursors::of((scope, "commissionReport", &report)).sorted_by(Some(SortKey::Text(String::new())));
        let page = arguments.read(&cursors)?.try_map(place)?;
        let counted = report.clone();
        Ok(Connection::new(
            cursors,
            move |request| {
                let (report, page, starts) = (report.clone(), page.clone(), starts.clone());
                Box::pin(async move {
                    let found = commission_report::page(request.store().reader(), &scope, &report, &page).await?;
                    let start = |row: &GroupRow| starts.get(row.group.interval? as usize).copied();
                    Ok(found.map(|row| {
                        (
                            mark(&row.place()),
                            ReportRow {
                                start: start(&row),
                                row,
                            },
                        )
                    }))
                })
            },
            move |request| {
                let report = counted.clone();
                Box::pin(async move {
                    let reader = request.store().reader();
                    Ok(commission_report::count(reader, &scope, &report).await?)
                })
            },
        ))
    }
}
