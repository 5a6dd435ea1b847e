//! Which rows are read, and in which order.

use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, DbBackend, Order as Direction};

use super::{Column, Table, column};
use crate::order::{SortBy, SortColumn, Sorted};
use crate::page::{PageRequest, RowPosition};
use auth::Scope;

type Select = dyn Fn(DbBackend, &Scope, Expr) -> SelectStatement + Send + Sync;

/// The rows of a table that are in a list: all that are visible to the caller, or those under a parent.
#[derive(Clone)]
pub struct List {
    pub(super) table: &'static Table,
    /// What the text of its statements depends on besides the caller and the parent; `None`: unlikely to be used twice.
    pub(super) kept: Option<String>,
    pub(super) select: Arc<Select>,
    pub order: Order,
}

impl List {
    /// Distinguishes the list from the parent's other lists, whatever their order; `None`: the texts of its statements
    /// are not cached.
    pub fn name(&self) -> Option<String> {
        self.kept.as_ref().map(|kept| format!("{}/{kept}", self.table.name()))
    }

    /// The newest first. `select` reads the table under its own name, and is given the parent's id.
    pub(crate) fn new(
        table: &'static Table,
        kept: Option<String>,
        select: impl Fn(DbBackend, &Scope, Expr) -> SelectStatement + Send + Sync + 'static,
    ) -> Self {
        let order = Order {
            key: None,
            id: table.id(),
            found_by: None,
            descending: true,
        };
        Self {
            table,
            kept,
            select: Arc::new(select),
            order,
        }
    }

    pub(crate) fn sorted<B: SortBy>(mut self, sorted: Sorted<B>) -> Self {
        self.order.key = sorted.by.key().map(SortColumn::column);
        self.order.descending = sorted.descending;
        self
    }

    pub(crate) fn in_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// Rows are found through a table that the select joins, whose indexes have them in the order of this column: it
    /// equals the id.
    pub(crate) fn found_by(mut self, column: Option<Column>) -> Self {
        self.order.found_by = column;
        self
    }
}

/// All rows of a table that refer to a parent.
#[derive(Clone, Copy)]
pub struct Family {
    pub table: &'static Table,
    /// The column that refers to the parent: of the table, or of the table through which its rows are found.
    pub parent: Column,
    pub through: Option<PairTable>,
    pub order: Order,
}

/// A table that pairs rows of two others.
#[derive(Clone, Copy)]
pub struct PairTable {
    pub table: &'static Table,
    /// The column that refers to the rows of the family.
    pub child: Column,
}

/// The order of a list: by a column and then by the id, or by the id alone.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub key: Option<Column>,
    pub id: Column,
    /// A column of a joined table that equals the id, by which rows are found in the order of their ids.
    pub(crate) found_by: Option<Column>,
    pub descending: bool,
}

impl Order {
    /// By the numbers of a history.
    pub(crate) fn by_sequence<C: ColumnTrait>(sequence: C, id: C) -> Self {
        Self {
            key: Some(column(sequence)),
            id: column(id),
            found_by: None,
            descending: false,
        }
    }

    /// By a column that is unique within a family.
    pub(crate) fn ascending(id: impl ColumnTrait) -> Self {
        Self {
            key: None,
            id: column(id),
            found_by: None,
            descending: false,
        }
    }

    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        self.key.into_iter().chain([self.id])
    }

    /// Adds the page's bounds, order and limit. One row more than requested shows whether the list continues.
    pub(crate) fn apply(&self, statement: &mut SelectStatement, request: &PageRequest) {
        let found_by = self.found_by.filter(|_| self.key.is_none());
        let found = Self {
            id: found_by.unwrap_or(self.id),
            ..*self
        };
        if let Some(place) = &request.after {
            statement.and_where(found.beyond(place, self.descending));
        }
        if let Some(place) = &request.before {
            statement.and_where(found.beyond(place, !self.descending));
        }
        found.sort(statement, request.backward);
        statement.limit(u64::from(request.limit) + 1);
    }

    /// Sorts in the direction in which a page is read.
    pub(super) fn sort(&self, statement: &mut SelectStatement, backward: bool) {
        let direction = match self.descending != backward {
            true => Direction::Desc,
            false => Direction::Asc,
        };
        for column in self.columns() {
            statement.order_by_expr(column.of_list(), direction.clone());
        }
    }

    /// Rows on one side of a position: a comparison of tuples, which uses the index on both engines.
    fn beyond(&self, place: &RowPosition, below: bool) -> Expr {
        let expression = Column::of_list;
        let (columns, values) = match (self.key, &place.key) {
            (Some(key), Some(value)) => (
                Expr::tuple([expression(key), expression(self.id)]),
                Expr::tuple([Expr::val(value.clone()), Expr::val(place.id)]),
            ),
            _ => (expression(self.id), Expr::val(place.id)),
        };
        if below { columns.lt(values) } else { columns.gt(values) }
    }
}
