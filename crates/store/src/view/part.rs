//! Several reads about the same row in one statement. Each is a lateral subquery of its own, and runs for the one row of
//! numbers that has its number: a result row has the columns of all parts, and values in those of its part.

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, JoinType, Query, SelectStatement};
use sea_orm::{DbBackend, QueryResult};
use sqlx::{Row as _, ValueRef as _};

use super::bindings::Bindings;
use super::statement::{family, list_shape, page, row, shape as part_shape};
use super::{Column, Family, List, Row, Selected};
use crate::StoreError;
use crate::page::{Page, PageRequest, cut};

/// One of the reads.
pub struct Part<'a> {
    pub read: PartRead<'a>,
    pub selected: &'a Selected,
}

/// What is read for the id that all parts look for.
pub enum PartRead<'a> {
    /// The row whose column is the id.
    Row(Column),
    /// A page of the list under the id. It begins at an end of the list, and the list's statements are cached.
    Page(&'a List, &'a PageRequest),
    Family(&'a Family),
}

/// The number of the part that a result row belongs to, in front of all parts' columns.
const NUMBER: usize = 0;
const NUMBERS: &str = "part";

impl Part<'_> {
    fn statement(&self, backend: DbBackend, bindings: &Bindings<'_>) -> SelectStatement {
        match self.read {
            PartRead::Row(column) => row(backend, bindings, column, self.selected),
            PartRead::Page(list, request) => page(backend, bindings, list, request, self.selected),
            PartRead::Family(of) => family(backend, bindings, of, self.selected),
        }
    }

    fn shape(&self, bindings: &Bindings<'_>) -> Option<String> {
        match self.read {
            PartRead::Row(column) => Some(part_shape("one", bindings, self.selected, |text| {
                text.push_str(column.name);
            })),
            PartRead::Page(list, request) => list_shape("page", bindings, list, request, self.selected),
            PartRead::Family(of) => Some(part_shape("family", bindings, self.selected, |text| {
                text.push_str(of.parent.name);
            })),
        }
    }
}

pub fn shape(bindings: &Bindings<'_>, parts: &[Part<'_>]) -> Option<String> {
    let shapes: Vec<_> = parts.iter().map(|part| part.shape(bindings)).collect::<Option<_>>()?;
    Some(shapes.join("+"))
}

pub fn statement(backend: DbBackend, bindings: &Bindings<'_>, parts: &[Part<'_>]) -> SelectStatement {
    let last = Expr::cust((parts.len() - 1).to_string());
    let mut statement = Query::select()
        .from_function(Func::cust("generate_series").args([Expr::cust("0"), last]), NUMBERS)
        .column((NUMBERS, NUMBERS))
        .take();
    for (number, part) in parts.iter().enumerate() {
        let mut own = part.statement(backend, bindings);
        // Not a column of the subquery, so that PostgreSQL looks at it before it reads anything.
        own.and_where(Expr::col((NUMBERS, NUMBERS)).eq(Expr::cust(number.to_string())));
        let name = Alias::new(format!("part_{number}"));
        statement
            .join_lateral(JoinType::LeftJoin, own, name.clone(), Expr::cust("TRUE"))
            .column((name, Asterisk));
    }
    statement
}

/// The rows of each part. Nested loops keep the order of each subquery, and nothing but a nested loop joins lateral ones.
pub fn rows(parts: &[Part<'_>], found: Vec<QueryResult>) -> Result<Vec<Page<Row>>, StoreError> {
    let first = parts.iter().scan(NUMBER + 1, |next, part| {
        let first = *next;
        *next += part.selected.width();
        Some(first)
    });
    let first: Vec<_> = first.collect();
    let mut each: Vec<Vec<Row>> = parts.iter().map(|_| Vec::new()).collect();
    for row in found {
        let number: i32 = row.try_get_by_index(NUMBER)?;
        let number = usize::try_from(number).unwrap_or_default();
        if !is_null(&row, first[number] + Selected::PARENT) {
            each[number].push(Row::Read(row, first[number]));
        }
    }
    let pages = parts.iter().zip(each).map(|(part, items)| match part.read {
        PartRead::Page(_, request) => cut(items, request),
        PartRead::Row(_) | PartRead::Family(_) => Page { items, ..Page::empty() },
    });
    Ok(pages.collect())
}

/// Whether a part has no row: every row that it has begins with something.
fn is_null(row: &QueryResult, column: usize) -> bool {
    let row = row.try_as_pg_row();
    row.is_none_or(|row| row.try_get_raw(column).is_ok_and(|value| value.is_null()))
}
