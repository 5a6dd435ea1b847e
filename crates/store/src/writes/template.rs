//! The text of one insert or update, directly from a table's columns.

use std::sync::Arc;

use sea_orm::{EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, Value};

/// What happens to a row whose primary key exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// It is an error.
    Fail,
    /// The existing row stays.
    Keep,
    /// It replaces the existing row.
    Replace,
    /// Its values are added to those of the existing row.
    Add,
}

/// Rows of one table.
pub(super) struct TableWrites {
    pub(super) form: Arc<WriteTemplate>,
    /// One row after the other.
    pub(super) values: Vec<Value>,
}

/// The text of inserts into a table, or of updates of it.
pub(super) struct WriteTemplate {
    /// The text before the rows, and after them.
    pub(super) head: String,
    pub(super) tail: String,
    pub(super) columns: usize,
    /// For updates: the tenant column of the table, and its index among the given columns.
    pub(super) tenant: Option<(String, usize)>,
}

pub(super) struct WriteChunk {
    pub(super) form: Arc<WriteTemplate>,
    pub(super) values: Vec<Value>,
}

impl WriteTemplate {
    pub(super) fn of<E: EntityTrait>(columns: &[E::Column], conflict: Conflict) -> Self {
        let table = E::default();
        let table = table.table_name();
        let key: Vec<_> = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
        let columns: Vec<_> = columns.iter().map(IdenStatic::as_str).collect();
        let others = columns.iter().filter(|column| !key.contains(column));
        let set: Option<Vec<_>> = match conflict {
            Conflict::Fail | Conflict::Keep => None,
            Conflict::Replace => Some(
                others
                    .map(|name| format!(r#""{name}" = "excluded"."{name}""#))
                    .collect(),
            ),
            Conflict::Add => {
                let sum = |name| format!(r#""{name}" = "{table}"."{name}" + "excluded"."{name}""#);
                Some(others.map(sum).collect())
            }
        };
        let tail = match set {
            Some(set) => format!(" ON CONFLICT {} DO UPDATE SET {}", list(&key), set.join(", ")),
            None if conflict == Conflict::Keep => " ON CONFLICT DO NOTHING".to_owned(),
            None => String::new(),
        };
        Self {
            head: format!(r#"INSERT INTO "{table}" {} VALUES "#, list(&columns)),
            tail,
            columns: columns.len(),
            tenant: None,
        }
    }

    /// The text of updates of a table. Both engines call the columns of a list of values column1, column2 and so on.
    pub(super) fn setting<E: EntityTrait>(columns: &[E::Column], null: Option<E::Column>) -> Self {
        let table = E::default();
        let table = table.table_name();
        let key: Vec<_> = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
        let (mut found, mut set) = (Vec::new(), Vec::new());
        for (number, column) in (1..).zip(columns) {
            let name = column.as_str();
            match key.contains(&name) {
                true => found.push(format!(r#""{table}"."{name}" = "given"."column{number}""#)),
                false => set.push(format!(r#""{name}" = "given"."column{number}""#)),
            }
        }
        found.extend(null.map(|column| format!(r#""{table}"."{}" IS NULL"#, column.as_str())));
        Self {
            head: format!(r#"UPDATE "{table}" SET {} FROM (VALUES "#, set.join(", ")),
            tail: format!(r#") AS "given" WHERE {}"#, found.join(" AND ")),
            columns: columns.len(),
            tenant: columns
                .iter()
                .position(|column| column.as_str() == "tenant_id")
                .map(|place| (format!(r#""{table}"."tenant_id""#), place)),
        }
    }
}

/// Quoted names in parentheses.
fn list(names: &[&str]) -> String {
    format!(r#"("{}")"#, names.join(r#"", ""#))
}
