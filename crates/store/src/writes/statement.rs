//! From rows to statements: how many rows and inserts a statement has, its text and its values.

use std::fmt::Write;

use sea_orm::Value;

use super::template::{TableWrites, WriteChunk};

/// PostgreSQL binds at most 65,535 values in a statement.
const MAX_VALUES: usize = 60_000;

/// A statement, as far as it is written.
#[derive(Default)]
pub(super) struct StatementText {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
    /// Whether rows are distributed over several servers.
    spread: bool,
}

/// Splits rows into inserts; given how many rows are left, `size` returns how many the next insert has.
pub(super) fn cut(tables: Vec<TableWrites>, size: impl Fn(usize) -> usize) -> Vec<WriteChunk> {
    let mut inserts = Vec::with_capacity(tables.len());
    for TableWrites { form, values } in tables {
        let mut values = values.into_iter();
        while values.len() > 0 {
            let rows = size(values.len() / form.columns);
            inserts.push(WriteChunk {
                form: form.clone(),
                values: values.by_ref().take(rows * form.columns).collect(),
            });
        }
    }
    inserts
}

/// PostgreSQL: as many inserts as one statement can bind. Where rows are distributed over several servers (`spread`),
/// updates name the tenant of their rows once for all: Citus does not look through a list of values.
pub(super) fn at_once(inserts: Vec<WriteChunk>, spread: bool) -> Vec<StatementText> {
    let begun = || StatementText {
        spread,
        ..StatementText::default()
    };
    let (mut statements, mut text, mut number) = (Vec::new(), begun(), 0);
    let mut inserts = inserts.into_iter().peekable();
    while let Some(insert) = inserts.next() {
        let bound = text.values.len() + insert.values.len();
        if inserts
            .peek()
            .is_some_and(|next| bound + next.values.len() <= MAX_VALUES)
        {
            let opening = if number == 0 { "WITH" } else { "," };
            text.write(format_args!(r#"{opening} "insert_{number}" AS ("#));
            text.insert(insert, true);
            text.write(format_args!(") "));
            number += 1;
        } else {
            text.insert(insert, true);
            statements.push(std::mem::replace(&mut text, begun()));
            number = 0;
        }
    }
    statements
}

/// SQLite: neighbouring inserts of one row each, of which there are few, share a text; any other is alone, as one of
/// few texts.
pub(super) fn in_a_row(inserts: Vec<WriteChunk>) -> Vec<StatementText> {
    let (mut statements, mut ends_single) = (Vec::<StatementText>::new(), false);
    for insert in inserts {
        let is_single = insert.values.len() == insert.form.columns;
        match statements.last_mut() {
            Some(text) if ends_single && is_single => {
                text.sql.push_str("; ");
                text.insert(insert, false);
            }
            _ => {
                let mut text = StatementText::default();
                text.insert(insert, false);
                statements.push(text);
            }
        }
        ends_single = is_single;
    }
    statements
}

impl StatementText {
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` does not fail.
        let _ = self.sql.write_fmt(text);
    }

    /// Appends an insert, with placeholders that are numbered or not.
    fn insert(&mut self, insert: WriteChunk, numbered: bool) {
        let WriteChunk { form, values } = insert;
        self.sql.push_str(&form.head);
        for place in 0..values.len() {
            let number = self.values.len() + place + 1;
            self.sql.push_str(match place {
                0 => "(",
                _ if place % form.columns == 0 => "), (",
                _ => ", ",
            });
            match numbered {
                true => self.write(format_args!("${number}")),
                false => self.sql.push('?'),
            }
        }
        self.sql.push(')');
        self.sql.push_str(&form.tail);
        if self.spread
            && let Some((column, place)) = &form.tenant
            && let mut tenants = values.iter().skip(*place).step_by(form.columns)
            && let Some(tenant) = tenants.next()
            && tenants.all(|other| other == tenant)
        {
            let number = self.values.len() + place + 1;
            self.write(format_args!(" AND {column} = ${number}"));
        }
        self.values.extend(values);
    }
}
