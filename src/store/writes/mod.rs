//! Inserts, and updates of single rows, that nobody waits for one by one: those of a transaction cost one trip to the database. PostgreSQL takes them
//! in one statement, as common table expressions, and checks references at its end. SQLite, which is as far away as
//! another thread, takes their texts one behind the other, and runs them in their order.
//!
//! Their text is written here, straight from the tables' columns: going through a statement of many thousand parts first
//! took as much processor time as a round trip.

use std::fmt::Write;
use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn,
    Statement, Value,
};

use super::citus::Spread;
use super::{StoreError, Transaction};

/// PostgreSQL binds at most 65,535 values in a statement.
const MOST_VALUES: usize = 60_000;

/// The most rows of an insert on PostgreSQL.
const MOST_ROWS: usize = 1_000;

/// The rows that one insert has on SQLite: few numbers, so that its text is met again and stays prepared.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// What becomes of a row whose primary key is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    /// It is an error.
    Fail,
    /// The one that is there stays.
    Keep,
    /// It takes the place of the one that is there.
    Replace,
    /// Its values are added to those that are there.
    Add,
}

/// Inserts to be run together. No two of their rows may be the same row of a table.
#[derive(Default)]
pub struct Writes {
    tables: Vec<Table>,
    /// Whether one of them appends to the outbox.
    appends: bool,
}

/// Rows of a table.
struct Table {
    form: Arc<Form>,
    /// One row behind the other.
    values: Vec<Value>,
}

/// What inserts of a table look like.
struct Form {
    /// What stands before the rows, and behind them.
    head: String,
    tail: String,
    columns: usize,
    /// Of updates: the column of the table that says whose its rows are, and its place among those that are given.
    tenant: Option<(String, usize)>,
}

struct Insert {
    form: Arc<Form>,
    values: Vec<Value>,
}

/// A statement as far as it is written.
#[derive(Default)]
struct Text {
    sql: String,
    values: Vec<Value>,
    /// Whether rows are spread over several servers.
    spread: bool,
}

impl Writes {
    /// Those that `add` adds.
    pub fn of(add: impl FnOnce(&mut Self)) -> Self {
        let mut writes = Self::default();
        add(&mut writes);
        writes
    }

    /// Adds rows, which refer only to each other and to what is added or written before. All of them leave the same
    /// columns to the database.
    pub(super) fn add<A: ActiveModelTrait>(&mut self, rows: impl IntoIterator<Item = A>, conflict: Conflict) {
        let mut rows = rows.into_iter().peekable();
        let Some(first) = rows.peek() else {
            return;
        };
        let given = |column: &<A::Entity as EntityTrait>::Column| !first.get(*column).is_not_set();
        let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().filter(given).collect();
        let form = Arc::new(Form::of::<A::Entity>(&columns, conflict));
        let mut values = Vec::with_capacity(rows.size_hint().0 * columns.len());
        for mut row in rows {
            values.extend(columns.iter().map(|column| match row.take(*column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
                ActiveValue::NotSet => unreachable!("the first row gives it"),
            }));
        }
        self.tables.push(Table { form, values });
    }

    /// Sets columns of rows that are there: each gives its key, and then what it sets.
    pub(super) fn set<A: ActiveModelTrait>(&mut self, rows: impl IntoIterator<Item = A>) {
        self.set_while_null(rows, None);
    }

    /// The same, of those rows in which this column is null, if one is given.
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
            let form = Arc::new(Form::setting::<A::Entity>(&columns, null));
            self.tables.push(Table { form, values });
        }
    }

    /// Says that one of them appends to the outbox.
    pub(super) fn note_append(&mut self) {
        self.appends = true;
    }

    /// These, and those behind them.
    pub fn then(mut self, later: Self) -> Self {
        self.tables.extend(later.tables);
        self.appends |= later.appends;
        self
    }

    /// Runs them, and with them the transaction's entry in the audit log, if it waits for nothing more.
    pub async fn run(mut self, transaction: &Transaction) -> Result<(), StoreError> {
        if let Some(entry) = transaction.entry_along() {
            self = self.then(entry);
        }
        let backend = transaction.get_database_backend();
        let statements = match backend {
            DbBackend::Postgres => {
                let inserts = cut(self.tables, |left| left.min(MOST_ROWS));
                at_once(inserts, transaction.is_distributed())
            }
            _ => {
                let size = |left| SIZES.into_iter().find(|size| *size <= left).unwrap_or(1);
                in_a_row(cut(self.tables, size))
            }
        };
        for Text { sql, values, .. } in statements {
            let statement = Statement::from_sql_and_values(backend, sql, values);
            transaction.execute_raw(statement).await?;
        }
        if self.appends {
            transaction.note_append();
        }
        Ok(())
    }
}

impl Form {
    fn of<E: EntityTrait>(columns: &[E::Column], conflict: Conflict) -> Self {
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

    /// What updates of a table look like. Both engines call the columns of a list of values column1, column2 and so on.
    fn setting<E: EntityTrait>(columns: &[E::Column], null: Option<E::Column>) -> Self {
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

/// Names in brackets.
fn list(names: &[&str]) -> String {
    format!(r#"("{}")"#, names.join(r#"", ""#))
}

/// Inserts of a part of the rows each; told how many rows are left, `size` says how many the next one has.
fn cut(tables: Vec<Table>, size: impl Fn(usize) -> usize) -> Vec<Insert> {
    let mut inserts = Vec::with_capacity(tables.len());
    for Table { form, values } in tables {
        let mut values = values.into_iter();
        while values.len() > 0 {
            let rows = size(values.len() / form.columns);
            inserts.push(Insert {
                form: form.clone(),
                values: values.by_ref().take(rows * form.columns).collect(),
            });
        }
    }
    inserts
}

/// PostgreSQL: as many as one statement can bind. Where rows are `spread` over several servers, updates say once for all whose
/// rows they are: Citus does not look through a list of them.
fn at_once(inserts: Vec<Insert>, spread: bool) -> Vec<Text> {
    let begun = || Text {
        spread,
        ..Text::default()
    };
    let (mut statements, mut text, mut number) = (Vec::new(), begun(), 0);
    let mut inserts = inserts.into_iter().peekable();
    while let Some(insert) = inserts.next() {
        let bound = text.values.len() + insert.values.len();
        if inserts
            .peek()
            .is_some_and(|next| bound + next.values.len() <= MOST_VALUES)
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

/// SQLite: neighbours of one row each in one text, whose number is small; any other alone, as one of few texts.
fn in_a_row(inserts: Vec<Insert>) -> Vec<Text> {
    let (mut statements, mut ends_single) = (Vec::<Text>::new(), false);
    for insert in inserts {
        let is_single = insert.values.len() == insert.form.columns;
        match statements.last_mut() {
            Some(text) if ends_single && is_single => {
                text.sql.push_str("; ");
                text.insert(insert, false);
            }
            _ => {
                let mut text = Text::default();
                text.insert(insert, false);
                statements.push(text);
            }
        }
        ends_single = is_single;
    }
    statements
}

impl Text {
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        let _ = self.sql.write_fmt(text);
    }

    /// Appends an insert, whose values are numbered or only marked.
    fn insert(&mut self, insert: Insert, numbered: bool) {
        let Insert { form, values } = insert;
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

#[cfg(test)]
mod tests {
    use entity::{outbox, partner_history, partner_standing};
    use uuid::Uuid;

    use super::*;

    fn standings(count: usize) -> impl Iterator<Item = partner_standing::ActiveModel> {
        (0..count).map(|number| partner_standing::ActiveModel {
            tenant_id: ActiveValue::Set(Uuid::nil()),
            partner_id: ActiveValue::Set(Uuid::from_u128(number as u128)),
            qualified_customers: ActiveValue::Set(number as i64),
        })
    }

    fn change() -> outbox::ActiveModel {
        outbox::ActiveModel {
            tenant_id: ActiveValue::Set(Uuid::nil()),
            event_type: ActiveValue::Set(Some("PAID".to_owned())),
            ..Default::default()
        }
    }

    const HEAD: &str = r#"INSERT INTO "partner_standing" ("tenant_id", "partner_id", "qualified_customers") VALUES "#;
    const KEY: &str = r#" ON CONFLICT ("tenant_id", "partner_id") DO UPDATE SET "qualified_customers" = "#;

    #[test]
    fn postgresql_takes_all_tables_in_one_statement() {
        let writes = Writes::of(|writes| {
            writes.add(standings(2), Conflict::Add);
            writes.add(standings(0), Conflict::Fail);
            writes.add([change()], Conflict::Fail);
        });
        let texts = at_once(cut(writes.tables, |left| left), false);
        let sum = format!(r#"{KEY}"partner_standing"."qualified_customers" + "excluded"."qualified_customers""#);
        let expected = format!(
            r#"WITH "insert_0" AS ({HEAD}($1, $2, $3), ($4, $5, $6){sum}) INSERT INTO "outbox" ("tenant_id", "type") VALUES ($7, $8)"#
        );
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0].sql, expected);
        assert_eq!(texts[0].values.len(), 8);
        assert_eq!(texts[0].values[5], Value::from(1i64));
    }

    #[test]
    fn updates_go_along_with_inserts() {
        let row = |number: u128| partner_history::ActiveModel {
            tenant_id: ActiveValue::Set(Uuid::nil()),
            id: ActiveValue::Set(Uuid::from_u128(number)),
            history_sequence: ActiveValue::Set(7),
            history_at: ActiveValue::Set(None),
        };
        let writes = || {
            Writes::of(|writes| {
                writes.add([change()], Conflict::Fail);
                writes.set([row(1), row(2)]);
            })
        };
        let head = r#"UPDATE "partner" SET "history_sequence" = "given"."column3", "history_at" = "given"."column4" FROM (VALUES "#;
        let tail =
            r#") AS "given" WHERE "partner"."tenant_id" = "given"."column1" AND "partner"."id" = "given"."column2""#;
        let change = r#"INSERT INTO "outbox" ("tenant_id", "type") VALUES "#;
        let texts = at_once(cut(writes().tables, |left| left), false);
        assert_eq!(
            texts[0].sql,
            format!(r#"WITH "insert_0" AS ({change}($1, $2)) {head}($3, $4, $5, $6), ($7, $8, $9, $10){tail}"#)
        );
        let texts = at_once(cut(writes().tables, |left| left), true);
        let said_once = r#" AND "partner"."tenant_id" = $3"#;
        assert_eq!(
            texts[0].sql,
            format!(
                r#"WITH "insert_0" AS ({change}($1, $2)) {head}($3, $4, $5, $6), ($7, $8, $9, $10){tail}{said_once}"#
            )
        );
        let texts = in_a_row(cut(writes().tables, |_| 1));
        assert_eq!(texts.len(), 1);
        let update = format!("{head}(?, ?, ?, ?){tail}");
        assert_eq!(texts[0].sql, format!("{change}(?, ?); {update}; {update}"));
    }

    #[test]
    fn no_statement_binds_more_than_it_may() {
        let bound = |rows: usize| {
            let writes = Writes::of(|writes| writes.add(standings(rows), Conflict::Fail));
            let texts = at_once(cut(writes.tables, |left| left.min(MOST_ROWS)), false);
            // Each begins anew.
            assert!(texts.iter().all(|text| text.sql.contains("($1, $2, $3)")));
            texts.iter().map(|text| text.values.len()).collect::<Vec<_>>()
        };
        assert_eq!(bound(20_000), [60_000]);
        assert_eq!(bound(20_001), [60_000, 3]);
        assert_eq!(bound(40_500), [60_000, 60_000, 1_500]);
        assert!(bound(0).is_empty());
    }

    #[test]
    fn sqlite_takes_single_rows_in_one_text() {
        let writes = Writes::of(|writes| {
            writes.add(standings(17), Conflict::Replace);
            writes.add([change()], Conflict::Keep);
            writes.add(standings(4), Conflict::Fail);
        });
        let size = |left| SIZES.into_iter().find(|size| *size <= left).unwrap_or(1);
        let texts = in_a_row(cut(writes.tables, size));
        let counts: Vec<_> = texts.iter().map(|text| text.values.len()).collect();
        assert_eq!(counts, [48, 5, 12]);
        let change = r#"INSERT INTO "outbox" ("tenant_id", "type") VALUES (?, ?) ON CONFLICT DO NOTHING"#;
        let expected = format!(r#"{HEAD}(?, ?, ?){KEY}"excluded"."qualified_customers"; {change}"#);
        assert_eq!(texts[1].sql, expected);
        assert_eq!(
            texts[2].sql,
            format!("{HEAD}(?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)")
        );
    }
}
