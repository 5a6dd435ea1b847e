//! The constraints of PostgreSQL's tables, compared with the statements that make the same tables in SQLite.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{Connection, StoreError};

/// The constraints of a table that hold for all of its rows.
#[derive(Debug, Default)]
pub struct TableConstraints {
    primary_key: Option<String>,
    foreign_keys: usize,
    /// The definitions of the checks, by name.
    checks: HashMap<String, String>,
    /// The columns that are never null.
    required: BTreeSet<String>,
}

// Requirements of columns are constraints only from PostgreSQL 18 on.
const CONSTRAINTS: &str = "SELECT class.relname AS table_name, own.contype::text AS kind, own.conname::text AS name,
    pg_get_constraintdef(own.oid) AS definition
  FROM pg_constraint AS own JOIN pg_class AS class ON class.oid = own.conrelid
  WHERE class.relnamespace = current_schema()::text::regnamespace AND own.convalidated AND own.contype IN ('c', 'f', 'p')
  UNION ALL SELECT class.relname, 'n', own.attname::text, ''
  FROM pg_attribute AS own JOIN pg_class AS class ON class.oid = own.attrelid
  WHERE class.relnamespace = current_schema()::text::regnamespace AND class.relkind = 'r' AND own.attnum > 0
    AND own.attnotnull AND NOT own.attisdropped";

/// The constraints of all tables, by the tables' names.
pub async fn present(database: &Connection) -> Result<HashMap<String, TableConstraints>, StoreError> {
    let mut tables = HashMap::<String, TableConstraints>::new();
    let all = Statement::from_string(DbBackend::Postgres, CONSTRAINTS);
    for row in database.query_all_raw(all).await? {
        let table = tables.entry(row.try_get("", "table_name")?).or_default();
        let (name, definition): (String, String) = (row.try_get("", "name")?, row.try_get("", "definition")?);
        match row.try_get::<String>("", "kind")?.as_str() {
            "c" => drop(table.checks.insert(name, definition)),
            "f" => table.foreign_keys += 1,
            // Words of SQL, such as "position", are in quotes.
            "p" => table.primary_key = Some(definition.replace('"', "")),
            _ => drop(table.required.insert(name)),
        }
    }
    Ok(tables)
}

/// The constraints in a statement that makes a table in SQLite which the table in PostgreSQL lacks.
pub fn missing(sql: &str, present: Option<&TableConstraints>) -> impl Iterator<Item = String> {
    let none = TableConstraints::default();
    let present = present.unwrap_or(&none);
    let mut missing = Vec::new();
    for line in sql.lines().filter_map(|line| line.strip_prefix("  ")) {
        let column = line.split(' ').next().unwrap_or_default();
        if line.starts_with("PRIMARY KEY") {
            if present.primary_key.as_deref() != Some(line.trim_end_matches(',')) {
                missing.push("the primary key".to_owned());
            }
        } else if line.contains(" NOT NULL") && !present.required.contains(column) {
            missing.push(format!("NOT NULL of {column}"));
        }
    }
    for (name, check) in checks(sql) {
        match present.checks.get(name) {
            Some(found) if bounds_of_postgres(found) == bounds_of_sqlite(check) => {}
            Some(_) => missing.push(format!("the check {name} as it was made, which is another one now,")),
            None => missing.push(format!("the check {name}")),
        }
    }
    if present.foreign_keys < sql.matches("REFERENCES").count() {
        missing.push("a foreign key".to_owned());
    }
    missing.into_iter()
}

/// The named checks in the statement that makes a table: `CONSTRAINT name CHECK (...)`.
fn checks(sql: &str) -> impl Iterator<Item = (&str, &str)> {
    sql.split("CONSTRAINT ").skip(1).filter_map(|constraint| {
        let (name, rest) = constraint.split_once(" CHECK (")?;
        let mut open = 1_i32;
        let end = rest.find(|char| {
            open += match char {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            open == 0
        })?;
        Some((name, &rest[..end]))
    })
}

/// Bounds of columns as they are written: `a BETWEEN 1 AND 2 AND typeof(b) = 'integer' AND b BETWEEN 3 AND 4`. PostgreSQL
/// checks no types, which its columns have.
fn bounds_of_sqlite(check: &str) -> BTreeSet<String> {
    let mut bounds = BTreeSet::new();
    let mut terms = check
        .split(" AND ")
        .map(str::trim)
        .filter(|term| !term.starts_with("typeof("));
    while let Some(term) = terms.next() {
        match term.split_once(" BETWEEN ") {
            Some((column, least)) => {
                bounds.insert(format!("{column}>={least}"));
                bounds.extend(terms.next().map(|most| format!("{column}<={most}")));
            }
            None => drop(bounds.insert(term.to_owned())),
        }
    }
    bounds
}

/// Bounds of columns as PostgreSQL shows them: `CHECK (((a >= 1) AND (a <= '2'::bigint)))`.
fn bounds_of_postgres(definition: &str) -> BTreeSet<String> {
    let plain = definition.replace("::bigint", "").replace(['(', ')', '\'', ' '], "");
    let plain = plain.strip_prefix("CHECK").unwrap_or(&plain);
    plain.split("AND").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE counter (
  tenant_id blob NOT NULL REFERENCES tenant (id),
  a bigint NOT NULL,
  b bigint,
  PRIMARY KEY (tenant_id, a),
  CONSTRAINT counter_bounds CHECK (typeof(a) = 'integer' AND a BETWEEN -10 AND 10 AND typeof(b) = 'integer'
    AND b BETWEEN 0 AND 5),
  FOREIGN KEY (tenant_id, b) REFERENCES other (tenant_id, id)
)";

    fn whole() -> TableConstraints {
        let check = "CHECK (((a >= '-10'::bigint) AND (a <= 10) AND (b >= 0) AND (b <= '5'::bigint)))";
        TableConstraints {
            primary_key: Some("PRIMARY KEY (tenant_id, a)".to_owned()),
            foreign_keys: 2,
            checks: HashMap::from([("counter_bounds".to_owned(), check.to_owned())]),
            required: ["tenant_id", "a"].map(str::to_owned).into(),
        }
    }

    fn lacks(table: &TableConstraints) -> Vec<String> {
        missing(TABLE, Some(table)).collect()
    }

    #[test]
    fn a_table_as_it_was_made_lacks_nothing() {
        assert_eq!(lacks(&whole()), [""; 0]);
    }

    #[test]
    fn each_constraint_that_is_gone_or_altered_is_named() {
        let altered = |from: &str, to: &str| {
            let mut table = whole();
            let check = table.checks.get_mut("counter_bounds").unwrap();
            *check = check.replace(from, to);
            table
        };
        for wider in [
            altered("-10", "-11"),
            altered("(b <= '5'::bigint)", "(b <= '5'::bigint) OR true"),
            altered("(a >= '-10'::bigint) AND ", ""),
        ] {
            assert_eq!(
                lacks(&wider),
                ["the check counter_bounds as it was made, which is another one now,"]
            );
        }
        let gone = TableConstraints {
            checks: HashMap::new(),
            ..whole()
        };
        assert_eq!(lacks(&gone), ["the check counter_bounds"]);
        assert_eq!(
            lacks(&TableConstraints {
                primary_key: None,
                ..whole()
            }),
            ["the primary key"]
        );
        assert_eq!(
            lacks(&TableConstraints {
                foreign_keys: 1,
                ..whole()
            }),
            ["a foreign key"]
        );
        let required = ["tenant_id"].map(str::to_owned).into();
        assert_eq!(lacks(&TableConstraints { required, ..whole() }), ["NOT NULL of a"]);
        assert_eq!(missing(TABLE, None).count(), 5);
    }
}
