//! Reports: commissions summed by what they have in common, sorted and paginated by the database, so that a report may
//! have any number of rows.
//!
//! PostgreSQL gets the tenant and the range of time as literals, and plans for them: a year of a large tenant is read
//! by a parallel scan of the table, a day of it by the index.

mod groups;
mod order;

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, Query};

use super::StoreError;
use super::commission::CommissionFilter;
use super::page::{Page, PageRequest, cut};
use crate::Connection;
use auth::Scope;
use domain::Timestamp;
use domain::report::{Dimension, GroupRow, ReportPosition, TimeBasis};

/// The parameters of a report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Without duplicates, in their order.
    pub dimensions: Vec<Dimension>,
    pub basis: TimeBasis,
    /// The ends of the range, and the bounds of intervals in between: bounds N and N + 1 enclose interval N. At least
    /// two.
    pub bounds: Vec<Timestamp>,
    /// Whether the report is broken down by interval.
    pub has_intervals: bool,
    pub filter: CommissionFilter,
}

/// A page of the report. One statement.
pub async fn page(
    database: &Connection,
    scope: &Scope,
    report: &Report,
    request: &PageRequest<ReportPosition>,
) -> Result<Page<GroupRow>, StoreError> {
    let backend = database.get_database_backend();
    let statement = order::page(backend, groups::summed(backend, scope, report), report, request);
    let found = database.query_all(&statement).await?;
    let rows = found.iter().map(|row| groups::row(row, report));
    Ok(cut(rows.collect::<Result<_, _>>()?, request))
}

/// How many rows the report has.
pub async fn count(database: &Connection, scope: &Scope, report: &Report) -> Result<u64, StoreError> {
    let mut statement = Query::select();
    statement
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("count"))
        .from_subquery(groups::groups(database.get_database_backend(), scope, report), "report");
    let row = database.query_one(&statement).await?;
    let count: i64 = row.map(|row| row.try_get("", "count")).transpose()?.unwrap_or(0);
    Ok(count.unsigned_abs())
}
