//! Counts and sums of commissions.

use std::collections::HashMap;

use entity::commission::{Column, Entity};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryResult, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::commission::{CommissionFilter, CommissionParent, children, filtered};
use super::{Connection, StoreError, many, row, sum};
use auth::Scope;
use domain::Timestamp;
use domain::commission::CommissionStatus;
use domain::money::Currency;

const TABLE: &str = "commission";

/// The count and sum of the commissions of one status and currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusTotal {
    pub status: CommissionStatus,
    pub currency: Currency,
    pub count: i64,
    /// Exact, however large: the total of all partners of a tenant is unbounded.
    pub minor: i128,
}

/// Counts and sums by status and currency.
pub async fn totals(
    database: &Connection,
    scope: &Scope,
    filter: &CommissionFilter,
) -> Result<Vec<StatusTotal>, StoreError> {
    let mut statement = filtered(scope, filter).select_only();
    let sums = QuerySelect::query(&mut statement);
    sums.column(Column::Status).column(Column::Currency);
    add_sums(
        database.get_database_backend(),
        sums,
        Expr::col(Column::AmountMinor.as_column_ref()),
    );
    sums.add_group_by([
        Expr::col(Column::Status.as_column_ref()),
        Expr::col(Column::Currency.as_column_ref()),
    ]);
    let rows = database.query_all(sums).await?;
    let mut totals = rows.iter().map(total).collect::<Result<Vec<_>, _>>()?;
    totals.sort_by_key(|total| (total.status, total.currency));
    Ok(totals)
}

/// The totals of the children of each parent.
pub async fn totals_of(
    database: &Connection,
    scope: &Scope,
    parent: CommissionParent,
    parents: &[Uuid],
    filter: &CommissionFilter,
) -> Result<HashMap<Uuid, Vec<StatusTotal>>, StoreError> {
    let child = |column: Column| Expr::col((Alias::new("child"), column));
    let mut statement = many::joined_as(database.get_database_backend(), parents, Entity, "child", |key| {
        children(scope, parent, filter, key).into_query()
    });
    statement
        .expr_as(child(Column::Status), "status")
        .expr_as(child(Column::Currency), "currency");
    add_sums(
        database.get_database_backend(),
        &mut statement,
        child(Column::AmountMinor),
    );
    statement.add_group_by([Expr::col("parent_id"), child(Column::Status), child(Column::Currency)]);
    let mut totals: HashMap<Uuid, Vec<StatusTotal>> = HashMap::new();
    for row in database.query_all(&statement).await? {
        totals
            .entry(row.try_get("", "parent_id")?)
            .or_default()
            .push(total(&row)?);
    }
    for list in totals.values_mut() {
        list.sort_by_key(|total| (total.status, total.currency));
    }
    Ok(totals)
}

/// Counts and sums by status and currency in each interval [start, next start), given by their bounds: bounds N and
/// N + 1 enclose interval N.
pub async fn series(
    database: &Connection,
    scope: &Scope,
    filter: &CommissionFilter,
    bounds: &[Timestamp],
) -> Result<Vec<(usize, StatusTotal)>, StoreError> {
    let intervals = bounds
        .windows(2)
        .enumerate()
        .map(|(number, pair)| (number as i64, pair[0], pair[1]));
    let intervals: Vec<_> = intervals.collect();
    if intervals.is_empty() {
        return Ok(Vec::new());
    }
    // As a join, so that each interval is one range of the index by time.
    let bound = |name: &'static str| Expr::col((Alias::new("bounds"), Alias::new(name)));
    let accrued_at = Expr::col(Column::AccruedAt.as_column_ref());
    let mut rows = filtered(scope, filter).select_only();
    let statement = QuerySelect::query(&mut rows);
    statement
        .from_values(intervals, "bounds")
        .and_where(accrued_at.clone().gte(bound("column2")))
        .and_where(accrued_at.lt(bound("column3")))
        .expr_as(bound("column1"), "interval")
        .column(Column::Status)
        .column(Column::Currency);
    add_sums(
        database.get_database_backend(),
        statement,
        Expr::col(Column::AmountMinor.as_column_ref()),
    );
    statement.add_group_by([
        bound("column1"),
        Expr::col(Column::Status.as_column_ref()),
        Expr::col(Column::Currency.as_column_ref()),
    ]);
    let statement = statement.take();
    let mut points = Vec::new();
    for row in database.query_all(&statement).await? {
        let interval: i64 = row.try_get("", "interval")?;
        points.push((usize::try_from(interval).unwrap_or(0), total(&row)?));
    }
    points.sort_by_key(|(interval, total)| (*interval, total.status, total.currency));
    Ok(points)
}

/// Selects the number of rows and the sum of `amount`.
pub(super) fn add_sums(backend: DbBackend, statement: &mut SelectStatement, amount: Expr) {
    statement.expr_as(Expr::cust("COUNT(*)"), "count");
    sum::add(backend, statement, amount, SUM);
}

/// The column name of the sum.
pub(super) const SUM: &str = "minor";

fn total(row: &QueryResult) -> Result<StatusTotal, StoreError> {
    let (status, currency): (String, String) = (row.try_get("", "status")?, row.try_get("", "currency")?);
    Ok(StatusTotal {
        status: row::text(TABLE, "status", &status, CommissionStatus::parse)?,
        currency: row::currency(TABLE, "currency", &currency)?,
        count: row.try_get("", "count")?,
        minor: sum::read(row, SUM)?,
    })
}
