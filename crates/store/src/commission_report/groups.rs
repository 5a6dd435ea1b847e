//! The groups of a report and their sums.

use entity::commission::{Column, Entity};
use entity::{attribution, commission_entered, event};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityName, IdenStatic, QueryFilter, QueryResult, QuerySelect, Select,
};
use uuid::Uuid;

use super::Report;
use crate::commission::{CommissionFilter, filtered, paid_at, was_paid};
use crate::commission_totals::{SUM, add_sums};
use crate::intervals::INTERVAL;
use crate::scope::covered;
use crate::{StoreError, intervals, row, sum};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{CommissionKind, CommissionStatus};
use domain::id::{CampaignId, LinkId, PartnerId};
use domain::report::{Dimension, Group, GroupRow, TimeBasis};

const TABLE: &str = "commission";

/// The name of the column that the groups have in common.
pub fn column(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Partner => Column::PartnerId.as_str(),
        Dimension::Campaign => Column::CampaignId.as_str(),
        Dimension::Kind => Column::Kind.as_str(),
        Dimension::Status => Column::Status.as_str(),
        Dimension::Link => attribution::Column::LinkId.as_str(),
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
    let names = [Column::Currency.as_str()].into_iter().chain(dimensions);
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
    if report.dimensions.contains(&Dimension::Link) {
        join_attributions(statement, scope);
    }
    statement.expr_as(own_column(Column::Currency), Column::Currency.as_str());
    for dimension in &report.dimensions {
        statement.expr_as(value(*dimension, report.basis), column(*dimension));
    }
    statement.expr_as(amount, Column::AmountMinor.as_str());
    if report.has_intervals {
        statement.expr_as(intervals::of_moment(backend, &at, &report.bounds), INTERVAL);
    }
    if backend == DbBackend::Postgres {
        let tenant = format!("\"{TABLE}\".\"tenant_id\" = '{}'::uuid", scope.tenant().uuid());
        statement.and_where(Expr::cust(tenant));
    }
    statement.take()
}

/// The attribution that each commission was made for: at most one, so that no commission is counted twice.
fn join_attributions(statement: &mut SelectStatement, scope: &Scope) {
    let id = Expr::col(attribution::Column::Id.as_column_ref());
    let named = covered::<attribution::Entity>(scope).add(id.equals(Column::AttributionId.as_column_ref()));
    statement.left_join(attribution::Entity, named);
}

/// What commissions are grouped by. Qualified, because events and attributions have columns of the same names.
fn value(dimension: Dimension, basis: TimeBasis) -> Expr {
    match dimension {
        Dimension::Partner => own_column(Column::PartnerId),
        Dimension::Campaign => own_column(Column::CampaignId),
        Dimension::Kind => own_column(Column::Kind),
        Dimension::Status if basis == TimeBasis::Paid => Expr::cust(format!("'{}'", CommissionStatus::Paid.as_str())),
        Dimension::Status => own_column(Column::Status),
        Dimension::Link => Expr::col(attribution::Column::LinkId.as_column_ref()),
    }
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
        DbBackend::Postgres => Expr::cust(format!("'{}'::timestamptz", intervals::written(at))),
        _ => Expr::val(at),
    }
}

pub fn row(found: &QueryResult, report: &Report) -> Result<GroupRow, StoreError> {
    let currency: String = found.try_get("", "currency")?;
    let grouped_by = |dimension: Dimension| report.dimensions.contains(&dimension);
    let id = |dimension: Dimension| match grouped_by(dimension) {
        true => found.try_get::<Option<Uuid>>("", column(dimension)),
        false => Ok(None),
    };
    let text = |dimension: Dimension| match grouped_by(dimension) {
        true => found.try_get::<Option<String>>("", column(dimension)),
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
        link: id(Dimension::Link)?.map(LinkId::from_uuid),
    };
    Ok(GroupRow {
        group,
        count: found.try_get("", "count")?,
        minor: sum::read(found, SUM)?,
    })
}
