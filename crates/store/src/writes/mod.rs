//! Inserts, and updates of single rows, that are not awaited one by one: those of a transaction cost one round trip to
//! the database. PostgreSQL gets them in one statement, as common table expressions, and checks references at its end.
//! SQLite, which is only another thread away, gets their texts one after the other, and runs them in their order.
//!
//! Their text is built here, directly from the tables' columns: going through a statement of many thousand parts first
//! took as much processor time as a round trip.

mod statement;
mod template;

use std::sync::Arc;

use sea_orm::{ActiveModelTrait, ActiveValue, DbBackend, EntityTrait, Iterable, Statement};

use statement::{StatementText, at_once, cut, in_a_row};
pub(crate) use template::Conflict;
use template::{TableWrites, WriteTemplate};

/// Maximum number of rows of an insert on PostgreSQL.
const MAX_ROWS: usize = 1_000;

/// The possible numbers of rows of an insert on SQLite: only a few, so that its text recurs and stays prepared.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// Inserts and updates to be run together, by [`Transaction::run`](super::Transaction::run). No two of them may concern the same row of a table.
#[derive(Default)]
pub struct Writes {
    tables: Vec<TableWrites>,
    /// Whether one of them appends to the outbox.
    appends: bool,
}

impl Writes {
    /// The writes that `add` adds.
    pub fn of(add: impl FnOnce(&mut Self)) -> Self {
        let mut writes = Self::default();
        add(&mut writes);
        writes
    }

    /// Adds rows, which refer only to each other and to what is added or written before. All of them must leave the
    /// same columns to the database.
    pub(super) fn add<A: ActiveModelTrait>(&mut self, rows: impl IntoIterator<Item = A>, conflict: Conflict) {
        let mut rows = rows.into_iter().peekable();
        let Some(first) = rows.peek() else {
            return;
        };
        let given = |column: &<A::Entity as EntityTrait>::Column| !first.get(*column).is_not_set();
        let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().filter(given).collect();
        let form = Arc::new(WriteTemplate::of::<A::Entity>(&columns, conflict));
        let mut values = Vec::with_capacity(rows.size_hint().0 * columns.len());
        for mut row in rows {
            values.extend(columns.iter().map(|column| match row.take(*column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
                ActiveValue::NotSet => unreachable!("the first row gives it"),
            }));
        }
        self.tables.push(TableWrites { form, values });
    }

    /// Sets columns of existing rows: each gives its key, and then the columns to set.
    pub(super) fn set<A: ActiveModelTrait>(&mut self, rows: impl IntoIterator<Item = A>) {
        self.set_while_null(rows, None);
    }

    /// Like [`Writes::set`], but only for rows in which the column `null` is null, if one is given.
    pub(super) fn set_while_null<A: ActiveModelTrait>(
        &mut self,
        rows: impl IntoIterator<Item = A>,
        null: Option<<A::Entity as EntityTrait>::Column>,
    ) {
        let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().collect();
        let mut values = Vec::new();
        for mut row in rows {
            values.extend(columns.iter().map(|column| match row.take(*column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
                ActiveValue::NotSet => unreachable!("rows that are set give all their columns"),
            }));
        }
        if !values.is_empty() {
            let form = Arc::new(WriteTemplate::setting::<A::Entity>(&columns, null));
            self.tables.push(TableWrites { form, values });
        }
    }

    /// Notes that one of them appends to the outbox.
    pub(super) fn note_append(&mut self) {
        self.appends = true;
    }

    /// These writes, and `later` after them.
    pub fn then(mut self, later: Self) -> Self {
        self.tables.extend(later.tables);
        self.appends |= later.appends;
        self
    }

    /// Whether one of them appends to the outbox.
    pub(super) fn appends(&self) -> bool {
        self.appends
    }

    /// Their statements; `spread`: rows are distributed over several servers.
    pub(super) fn statements(self, backend: DbBackend, spread: bool) -> impl Iterator<Item = Statement> {
        let texts = match backend {
            DbBackend::Postgres => at_once(cut(self.tables, |left| left.min(MAX_ROWS)), spread),
            _ => {
                let size = |left| SIZES.into_iter().find(|size| *size <= left).unwrap_or(1);
                in_a_row(cut(self.tables, size))
            }
        };
        let statement = move |text: StatementText| Statement::from_sql_and_values(backend, text.sql, text.values);
        texts.into_iter().map(statement)
    }
}

#[cfg(test)]
mod tests;
