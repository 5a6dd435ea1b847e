//! Several reads about one row in one statement: of the row, of lists under it, and of the rows that it refers to. The
//! parts are numbered lateral subqueries; a row of `generate_series` stands for each number, and each part runs only
//! for its own. A result row has the columns of all parts, and values only in those of its part.

use std::fmt::Write;

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, JoinType, Query, SelectStatement};
use sea_orm::{DbBackend, QueryResult};
use sqlx::{Row as _, ValueRef as _};

use super::bindings::Bindings;
use super::statement::{count, family, list_shape, page, row, shape as part_shape};
use super::{Column, Family, List, Row, Selected};
use crate::StoreError;
use crate::page::{Page, PageRequest, cut};

/// A read of what one key has: a statement of its own, or a part of one.
pub enum StatementPart<'a> {
    /// The row whose column is the key.
    Row(Column, &'a Selected),
    /// A page of the list under the key. As one of several parts, it begins at an end of a list whose statements are
    /// cached.
    Page(&'a List, &'a PageRequest, &'a Selected),
    Family(&'a Family, &'a Selected),
    /// How many rows the list under the key has.
    Count(&'a List),
}

/// What a part has read.
pub enum PartResult {
    Rows(Page<Row>),
    Count(u64),
}

/// The number of the part that a result row belongs to, in front of all parts' columns.
const NUMBER: usize = 0;
const NUMBERS: &str = "part";

impl StatementPart<'_> {
    pub(super) fn statement(&self, backend: DbBackend, bindings: &Bindings<'_>) -> SelectStatement {
        match self {
            Self::Row(column, selected) => row(backend, bindings, *column, selected),
            Self::Page(list, request, selected) => page(backend, bindings, list, request, selected),
            Self::Family(of, selected) => family(backend, bindings, of, selected),
            Self::Count(list) => count(backend, bindings, list),
        }
    }

    /// What identifies its statement among the cached ones; `None`: unlikely to be used twice.
    pub(super) fn shape(&self, bindings: &Bindings<'_>) -> Option<String> {
        match self {
            Self::Row(column, selected) => Some(part_shape("one", bindings, selected, |text| {
                text.push_str(column.name);
            })),
            Self::Page(list, request, selected) => list_shape("page", bindings, list, request, selected),
            Self::Family(of, selected) => Some(part_shape("family", bindings, selected, |text| {
                text.push_str(of.parent.name);
            })),
            Self::Count(list) => {
                let kept = list.kept.as_ref()?;
                let nothing = Selected::of(list.table);
                Some(part_shape("count", bindings, &nothing, |text| text.push_str(kept)))
            }
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Row(_, selected) | Self::Page(_, _, selected) | Self::Family(_, selected) => selected.width(),
            Self::Count(_) => 1,
        }
    }

    /// What the part has read: all its result rows, and the column in which its own columns begin.
    fn result(&self, found: Vec<QueryResult>, first: usize) -> Result<PartResult, StoreError> {
        if let Self::Count(_) = self {
            return Ok(PartResult::Count(counted(&found, first)?));
        }
        let rows = found.into_iter().filter(|row| !is_null(row, first + Selected::PARENT));
        let items = rows.map(|row| Row::Read(row, first)).collect();
        Ok(PartResult::Rows(match self {
            Self::Page(_, request, _) => cut(items, request),
            Self::Row(..) | Self::Family(..) | Self::Count(_) => Page { items, ..Page::empty() },
        }))
    }
}

/// A part, and which of the statement's keys it looks for.
pub type KeyedPart<'a> = (usize, StatementPart<'a>);

pub fn shape(bindings: &Bindings<'_>, parts: &[KeyedPart<'_>]) -> Option<String> {
    let mut shapes = String::with_capacity(parts.len() * 256);
    for (key, part) in parts {
        let _ = write!(shapes, "+{key}");
        shapes.push_str(&part.shape(&bindings.of_key(*key))?);
    }
    Some(shapes)
}

pub fn statement(backend: DbBackend, bindings: &Bindings<'_>, parts: &[KeyedPart<'_>]) -> SelectStatement {
    let last = Expr::cust((parts.len() - 1).to_string());
    let mut statement = Query::select()
        .from_function(Func::cust("generate_series").args([Expr::cust("0"), last]), NUMBERS)
        .column((NUMBERS, NUMBERS))
        .take();
    for (number, (key, part)) in parts.iter().enumerate() {
        let mut own = part.statement(backend, &bindings.of_key(*key));
        // Not a column of the subquery, so that PostgreSQL looks at it before it reads anything.
        own.and_where(Expr::col((NUMBERS, NUMBERS)).eq(Expr::cust(number.to_string())));
        let name = Alias::new(format!("part_{number}"));
        statement
            .join_lateral(JoinType::LeftJoin, own, name.clone(), Expr::cust("TRUE"))
            .column((name, Asterisk));
    }
    statement
}

/// What each part has read. Nested loops keep the order of each subquery, and nothing but a nested loop joins lateral
/// ones.
pub fn results(parts: &[KeyedPart<'_>], found: Vec<QueryResult>) -> Result<Vec<PartResult>, StoreError> {
    let mut each: Vec<Vec<QueryResult>> = parts.iter().map(|_| Vec::new()).collect();
    for row in found {
        let number: i32 = row.try_get_by_index(NUMBER)?;
        each[usize::try_from(number).unwrap_or_default()].push(row);
    }
    let mut first = NUMBER + 1;
    let mut results = Vec::with_capacity(parts.len());
    for ((_, part), found) in parts.iter().zip(each) {
        results.push(part.result(found, first)?);
        first += part.width();
    }
    Ok(results)
}

/// The number of rows that a counting statement or part has found, in this column of its only row.
pub fn counted(found: &[QueryResult], column: usize) -> Result<u64, StoreError> {
    let count = found.first().map(|row| row.try_get_by_index::<i64>(column));
    Ok(count.transpose()?.unwrap_or(0).unsigned_abs())
}

/// Whether a part has no row. The first column of a row is never null.
fn is_null(row: &QueryResult, column: usize) -> bool {
    let row = row.try_as_pg_row();
    row.is_none_or(|row| row.try_get_raw(column).is_ok_and(|value| value.is_null()))
}
