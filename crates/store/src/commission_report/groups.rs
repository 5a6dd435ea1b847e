//! The groups of a report and their sums.

use chrono::SecondsFormat;
use entity::commission::{Column, Entity};
use entity::{commission_entered, event};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityName, IdenStatic, QueryFilter, QueryResult, QuerySelect, Select,
};
use uuid::Uuid;

use super::Report;
use crate::commission::{CommissionFilter, filtered, paid_at, was_paid};
use crate::commission_totals::{SUM, add_sums};
use crate::{StoreError, row, sum};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{CommissionKind, CommissionStatus};
use domain::id::{CampaignId, PartnerId};
use domain::report::{Dimension, Group, GroupRow, TimeBasis};

const TABLE: &str = "commission";
pub const INTERVAL: &str = "interval_number";

pub fn column(dimension: Dimension) -> Column {
    match dimension {
        Dimension::Partner => Column::PartnerId,
        Dimension::Campaign => Column::CampaignId,
        Dimension::Kind => Column::Kind,
        Dimension::Status => Column::Status,
    }
}

/// The groups with their counts and sums.
pub fn summed(backend: DbBackend, scope: &Scope, report: &Report) -> SelectStatement {
    let mut statement = groups(backend, scope, report);
    add_sums(backend, &mut statement, Expr::col(Column::AmountMinor));
    statement
}

/// The groups alone.
pub fn groups(backend: DbBackend, scope: &Scope, report: &Report) -> SelectStatement {
    let mut statement = Query::select();
    statement.from_subquery(lines(backend, scope, report), "line");
    let dimensions = report.dimensions.iter().copied().map(column);
    let names = [Column::Currency]
        .into_iter()
        .chain(dimensions)
        .map(|column| column.as_str());
    for name in names.chain(report.has_intervals.then_some(INTERVAL)) {
        let own = Alias::new(name);
        statement.column(own.clone()).add_group_by([Expr::col(own)]);
    }
    statement
}

/// The commissions, with the columns that the report needs. Of payments also what came back, which is taken off when it
/// did.
fn lines(backend: DbBackend, scope: &Scope, report: &Report) -> SelectStatement {
    let (at, amount) = (time(report.basis), own_column(Column::AmountMinor));
    let is_paid = report.basis == TimeBasis::Paid;
    let counted = Condition::all().add_option(is_paid.then(was_paid));
    let rows = filtered(scope, &report.filter).filter(counted);
    let mut lines = branch(backend, scope, report, rows, (at, amount));
    if let Some(filter) = of_returns(&report.filter).filter(|_| is_paid) {
        let rows = filtered(scope, &filter).filter(Column::ReturnedPayoutId.is_not_null());
        let amount = Expr::val(0i64).sub(own_column(Column::AmountMinor));
        let returns = branch(backend, scope, report, rows, (own_column(Column::AccruedAt), amount));
        lines.union(UnionType::All, returns);
    }
    if backend == DbBackend::Postgres {
        // Keeps the planner from looking through to the times, of which there are as many as rows: it would expect as
        // many groups, too, and sum them in one process.
        lines.offset(0);
    }
    lines
}

/// The filter of the rows whose payment came back, if a filter for paid rows admits any. What came back counts as paid,
/// whatever has become of the row since, so that a report about the past never changes.
fn of_returns(filter: &CommissionFilter) -> Option<CommissionFilter> {
    let admits = |kinds: &Vec<CommissionKind>| kinds.contains(&CommissionKind::Returned);
    let counts = |statuses: &Vec<CommissionStatus>| statuses.contains(&CommissionStatus::Paid);
    if !filter.kinds.as_ref().is_none_or(admits) || !filter.status.as_ref().is_none_or(counts) {
        return None;
    }
    Some(CommissionFilter {
        kinds: None,
        status: None,
        accrued_from: Ord::max(filter.accrued_from, filter.paid_from),
        accrued_to: [filter.accrued_to, filter.paid_to].into_iter().flatten().min(),
        paid_from: None,
        paid_to: None,
        ..filter.clone()
    })
}

/// Those of the commissions whose time `at` lies in the range, each with an amount.
fn branch(
    backend: DbBackend,
    scope: &Scope,
    report: &Report,
    rows: Select<Entity>,
    (at, amount): (Expr, Expr),
) -> SelectStatement {
    let [from, to] = [report.bounds.first(), report.bounds.last()].map(|bound| bound.copied().unwrap_or_default());
    let mut rows = rows
        .filter(at.clone().gte(moment(backend, from)))
        .filter(at.clone().lt(moment(backend, to)))
        .select_only();
    let statement = QuerySelect::query(&mut rows);
    if report.basis == TimeBasis::Occurred {
        let own = |column: event::Column| Expr::col(column.as_column_ref());
        let named = own(event::Column::TenantId)
            .eq(scope.tenant().uuid())
            .and(own(event::Column::Id).equals(Column::EventId.as_column_ref()));
        statement.left_join(event::Entity, named);
        if backend == DbBackend::Sqlite {
            // No index has these times. SQLite would take any that begins with the tenant, and then read the table in
            // an order in which no two rows are neighbours; with this one it reads them nearly in the order of writing.
            statement.and_where(own_column(Column::AccruedAt).gte(""));
        }
    }
    let dimensions = report.dimensions.iter().copied().map(column);
    for column in [Column::Currency].into_iter().chain(dimensions) {
        // Qualified, because events have columns of the same names.
        let value = match column {
            Column::Status if report.basis == TimeBasis::Paid => {
                Expr::cust(format!("'{}'", CommissionStatus::Paid.as_str()))
            }
            column => own_column(column),
        };
        statement.expr_as(value, column.as_str());
    }
    statement.expr_as(amount, Column::AmountMinor.as_str());
    if report.has_intervals {
        statement.expr_as(interval(backend, &at, &report.bounds), INTERVAL);
    }
    if backend == DbBackend::Postgres {
        let tenant = format!("\"{TABLE}\".\"tenant_id\" = '{}'::uuid", scope.tenant().uuid());
        statement.and_where(Expr::cust(tenant));
    }
    statement.take()
}

fn own_column(column: Column) -> Expr {
    Expr::col(column.as_column_ref())
}

fn time(basis: TimeBasis) -> Expr {
    let own = own_column;
    match basis {
        TimeBasis::Accrued => own(Column::AccruedAt),
        TimeBasis::Approved => own(Column::ApprovedAt),
        TimeBasis::Paid => paid_at(),
        TimeBasis::Occurred => {
            let occurred_at = Expr::col((Alias::new(event::Entity.table_name()), event::Column::OccurredAt));
            // For imported rows, the other system's time applies.
            let at_the_source = Expr::col((Alias::new(TABLE), commission_entered::Column::SourceAccruedAt));
            Expr::expr(Func::coalesce([at_the_source, occurred_at, own(Column::AccruedAt)]))
        }
    }
}

/// A moment as a literal, so that PostgreSQL plans for it.
fn moment(backend: DbBackend, at: Timestamp) -> Expr {
    match backend {
        DbBackend::Postgres => Expr::cust(format!("'{}'::timestamptz", written(at))),
        _ => Expr::val(at),
    }
}

fn written(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The number of the interval that contains the moment, which one of them does: by binary search, not one by one.
fn interval(backend: DbBackend, at: &Expr, bounds: &[Timestamp]) -> Expr {
    let inner = bounds.get(1..bounds.len() - 1).unwrap_or_default();
    match backend {
        DbBackend::Postgres => {
            let inner: Vec<_> = inner.iter().map(|bound| format!("\"{}\"", written(*bound))).collect();
            let inner = Expr::cust(format!("'{{{}}}'::timestamptz[]", inner.join(",")));
            let number = Func::cust("width_bucket").arg(at.clone()).arg(inner);
            Expr::expr(number).cast_as("bigint")
        }
        _ => by_halves(at, inner, 0),
    }
}

fn by_halves(at: &Expr, bounds: &[Timestamp], first: i64) -> Expr {
    if bounds.is_empty() {
        return Expr::val(first);
    }
    let middle = bounds.len() / 2;
    let (lower, upper) = (&bounds[..middle], &bounds[middle + 1..]);
    let is_lower = at.clone().lt(bounds[middle]);
    let number = first + middle as i64 + 1;
    Expr::case(is_lower, by_halves(at, lower, first))
        .finally(by_halves(at, upper, number))
        .into()
}

pub fn row(found: &QueryResult, report: &Report) -> Result<GroupRow, StoreError> {
    let currency: String = found.try_get("", "currency")?;
    let grouped_by = |dimension: Dimension| report.dimensions.contains(&dimension);
    let id = |dimension: Dimension| match grouped_by(dimension) {
        true => found.try_get::<Option<Uuid>>("", column(dimension).as_str()),
        false => Ok(None),
    };
    let text = |dimension: Dimension| match grouped_by(dimension) {
        true => found.try_get::<Option<String>>("", column(dimension).as_str()),
        false => Ok(None),
    };
    let (kind, status) = (text(Dimension::Kind)?, text(Dimension::Status)?);
    let interval = match report.has_intervals {
        true => Some(found.try_get::<i64>("", INTERVAL)?),
        false => None,
    };
    let group = Group {
        currency: row::currency(TABLE, "currency", &currency)?,
        interval: interval.and_then(|number| u32::try_from(number).ok()),
        partner: id(Dimension::Partner)?.map(PartnerId::from_uuid),
        campaign: id(Dimension::Campaign)?.map(CampaignId::from_uuid),
        kind: kind
            .map(|kind| row::text(TABLE, "kind", &kind, CommissionKind::parse))
            .transpose()?,
        status: status
            .map(|status| row::text(TABLE, "status", &status, CommissionStatus::parse))
            .transpose()?,
    };
    Ok(GroupRow {
        group,
        count: found.try_get("", "count")?,
        minor: sum::read(found, SUM)?,
    })
}
