//! What to read of each row of a list: columns of its own table, and of tables that are joined to it.

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};

use super::kept::Kept;
use super::{Column, View};
use crate::auth::Scope;

/// The columns to read for each row, and where they come from.
pub struct Selected {
    view: &'static View,
    /// How many cells come before the columns.
    before: usize,
    columns: Vec<Column>,
    joins: Vec<Join>,
    /// The statements that read it.
    pub(super) kept: Kept,
}

/// The row that the column `on` names.
struct Join {
    on: Column,
    view: &'static View,
}

impl Selected {
    /// The cell that says which parent a row was found under, where lists have parents.
    pub(super) const PARENT: usize = 0;

    pub fn of(view: &'static View) -> Self {
        Self::behind(0, view)
    }

    /// For rows that are found under parents.
    pub fn of_children(view: &'static View) -> Self {
        Self::behind(Self::PARENT + 1, view)
    }

    fn behind(before: usize, view: &'static View) -> Self {
        Self {
            view,
            before,
            columns: Vec::new(),
            joins: Vec::new(),
            kept: Kept::default(),
        }
    }

    /// Where in each row the value of `column` will be.
    pub fn cell(&mut self, column: Column) -> usize {
        let known = self.columns.iter().position(|known| *known == column);
        let place = known.unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        self.before + place
    }

    /// Reads the row that `on` names, too. `false`: its table is there already for another reason, and once only.
    #[must_use]
    pub fn join(&mut self, on: Column, view: &'static View) -> bool {
        let name = |view: &View| (view.table.name)();
        match self.joins.iter().find(|join| name(join.view) == name(view)) {
            Some(join) => join.on == on,
            None if name(self.view) == name(view) => false,
            None => {
                self.joins.push(Join { on, view });
                true
            }
        }
    }

    /// Whether the statement puts the parent before the columns.
    pub(super) fn has_parents(&self) -> bool {
        self.before > Self::PARENT
    }

    pub(super) fn has_joins(&self) -> bool {
        !self.joins.is_empty()
    }

    /// The columns of the list's own table, those too by which others are joined.
    pub(super) fn own(&self) -> Vec<Column> {
        let table = (self.view.table.name)();
        let named = self.joins.iter().map(|join| &join.on);
        let mut own: Vec<_> = Vec::with_capacity(self.columns.len() + self.joins.len());
        for column in self.columns.iter().chain(named) {
            if column.0 == table && !own.contains(column) {
                own.push(column.clone());
            }
        }
        own
    }

    /// Adds all columns to a statement that reads the list's table under its own name, and joins the rest.
    pub(super) fn complete(&self, statement: &mut SelectStatement, scope: &Scope) {
        for column in &self.columns {
            statement.column(column.clone());
        }
        for join in &self.joins {
            let table = &join.view.table;
            let named = Expr::col((table.id)()).equals(join.on.clone());
            let condition = (table.visible)(scope).add(named);
            statement.left_join((table.name)(), condition);
        }
    }
}
