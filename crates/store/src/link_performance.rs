//! How links perform: how often they were followed, and what came of it, in intervals of time. One statement for each
//! kind of figure, for all links.

use std::collections::{BTreeMap, HashMap};

use entity::{attribution, commission, link, link_day};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::scope::{covered, visible};
use super::{Connection, StoreError, intervals, many, row, sum};
use crate::intervals::INTERVAL;
use auth::Scope;
use domain::Timestamp;
use domain::commission::CommissionStatus;
use domain::event::EventKind;
use domain::money::Currency;

const SUM: &str = "minor";

/// The intervals of a performance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PerformanceIntervals {
    /// Bounds N and N + 1 enclose interval N. At least two.
    pub bounds: Vec<Timestamp>,
    /// For each bound, the first local day that begins then or later, such as 2026-07-31: clicks are counted by days.
    pub days: Vec<String>,
}

/// Which figures to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Figures {
    pub clicks: bool,
    /// The events, and their customers.
    pub events: bool,
    pub earned: bool,
}

/// The figures of one link in one interval; 0 or empty, too, if they were not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkFigures {
    pub clicks: i128,
    /// The charges and conversions that are credited to the link now.
    pub events: i64,
    /// How many different customers these have.
    pub customers: i64,
    /// What was earned through the link, less what was taken back, without what was reversed.
    pub earned: BTreeMap<Currency, i128>,
}

/// The figures of a link by the numbers of the intervals; those in which nothing happened are left out.
pub type LinkSeries = BTreeMap<usize, LinkFigures>;

/// The figures of links. Links without any are left out.
pub async fn of_links(
    database: &Connection,
    scope: &Scope,
    links: &[Uuid],
    intervals: &PerformanceIntervals,
    figures: Figures,
) -> Result<HashMap<Uuid, LinkSeries>, StoreError> {
    let mut found = HashMap::new();
    if figures.clicks {
        for row in database.query_all(&clicks(database, scope, links, intervals)).await? {
            place(&mut found, &row)?.clicks = sum::read(&row, SUM)?;
        }
    }
    if figures.events {
        for row in database.query_all(&events(database, scope, links, intervals)).await? {
            let figures = place(&mut found, &row)?;
            figures.events = row.try_get("", "events")?;
            figures.customers = row.try_get("", "customers")?;
        }
    }
    if figures.earned {
        for row in database.query_all(&earned(database, scope, links, intervals)).await? {
            let currency: String = row.try_get("", "currency")?;
            let currency = row::currency("commission", "currency", &currency)?;
            let minor = sum::read(&row, SUM)?;
            place(&mut found, &row)?.earned.insert(currency, minor);
        }
    }
    Ok(found)
}

/// The figures that a row of a statement is about.
fn place<'a>(found: &'a mut HashMap<Uuid, LinkSeries>, row: &QueryResult) -> Result<&'a mut LinkFigures, StoreError> {
    let (link, interval): (Uuid, i64) = (row.try_get("", "link_id")?, row.try_get("", INTERVAL)?);
    let series = found.entry(link).or_default();
    Ok(series.entry(usize::try_from(interval).unwrap_or(0)).or_default())
}

fn clicks(database: &Connection, scope: &Scope, links: &[Uuid], intervals: &PerformanceIntervals) -> SelectStatement {
    use link_day::Column;
    let backend = database.get_database_backend();
    let day = Expr::col(Column::Day.as_column_ref());
    let [from, to] = ends(&intervals.days);
    let rows = visible::<link_day::Entity>(scope)
        .filter(many::among(database, Column::LinkId, links))
        .filter(Column::Day.gte(from))
        .filter(Column::Day.lt(to));
    let interval = intervals::of_day(backend, &day, &intervals.days);
    let mut statement = grouped(rows, Column::LinkId, interval);
    sum::add(backend, &mut statement, Expr::col(Column::Clicks.as_column_ref()), SUM);
    statement
}

fn events(database: &Connection, scope: &Scope, links: &[Uuid], intervals: &PerformanceIntervals) -> SelectStatement {
    use attribution::Column;
    let at = Expr::col(Column::OccurredAt.as_column_ref());
    let [from, to] = ends(&intervals.bounds);
    let rows = visible::<attribution::Entity>(scope)
        .filter(many::among(database, Column::LinkId, links))
        .filter(Column::EndedAt.is_null())
        .filter(Column::Kind.is_in([EventKind::Charge, EventKind::Conversion].map(EventKind::as_str)))
        .filter(Column::OccurredAt.gte(from))
        .filter(Column::OccurredAt.lt(to));
    let interval = intervals::of_moment(database.get_database_backend(), &at, &intervals.bounds);
    let mut statement = grouped(rows, Column::LinkId, interval);
    statement.expr_as(Expr::cust("COUNT(*)"), "events").expr_as(
        Expr::col(Column::CustomerId.as_column_ref()).count_distinct(),
        "customers",
    );
    statement
}

/// Starts from the partners' commissions, which have an index by time: none leads from attributions to commissions.
fn earned(database: &Connection, scope: &Scope, links: &[Uuid], intervals: &PerformanceIntervals) -> SelectStatement {
    use commission::Column;
    let backend = database.get_database_backend();
    let at = Expr::col(Column::AccruedAt.as_column_ref());
    let [from, to] = ends(&intervals.bounds);
    let partners = visible::<link::Entity>(scope)
        .filter(many::among(database, link::Column::Id, links))
        .select_only()
        .column(link::Column::PartnerId);
    let rows = visible::<commission::Entity>(scope)
        .filter(Column::PartnerId.in_subquery(partners.into_query()))
        .filter(Column::AccruedAt.gte(from))
        .filter(Column::AccruedAt.lt(to))
        .filter(Column::Status.ne(CommissionStatus::Reversed.as_str()))
        .filter(many::among(database, attribution::Column::LinkId, links));
    let interval = intervals::of_moment(backend, &at, &intervals.bounds);
    let mut statement = grouped(rows, attribution::Column::LinkId, interval);
    let id = Expr::col(attribution::Column::Id.as_column_ref());
    let made_for = covered::<attribution::Entity>(scope).add(id.equals(Column::AttributionId.as_column_ref()));
    let currency = Expr::col(Column::Currency.as_column_ref());
    statement
        .inner_join(attribution::Entity, made_for)
        .expr_as(currency.clone(), "currency")
        .add_group_by([currency]);
    sum::add(
        backend,
        &mut statement,
        Expr::col(Column::AmountMinor.as_column_ref()),
        SUM,
    );
    statement
}

/// The links and intervals of rows.
fn grouped<E: EntityTrait>(rows: Select<E>, link: impl ColumnTrait, interval: Expr) -> SelectStatement {
    let mut rows = rows.select_only();
    let link = Expr::col(link.as_column_ref());
    let statement = QuerySelect::query(&mut rows);
    statement
        .expr_as(link.clone(), "link_id")
        .expr_as(interval, INTERVAL)
        .add_group_by([link, Expr::col(Alias::new(INTERVAL))]);
    statement.take()
}

/// The ends of a range that is divided by these bounds.
fn ends<T: Clone + Default>(bounds: &[T]) -> [T; 2] {
    [bounds.first(), bounds.last()].map(|bound| bound.cloned().unwrap_or_default())
}
