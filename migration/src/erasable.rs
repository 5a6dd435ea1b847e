//! What an erasure may change of rows that otherwise never change: it sets personal values null, or puts a word in their
//! place that says that they were erased, and replaces salts by hashes. It may do so only in a transaction in which an
//! erasure of the tenant is under way. No such row can be committed (`erasure.under_way`), so that a trigger sees that of
//! its own transaction only.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

/// A column whose value an erasure may replace.
#[derive(Clone, Copy)]
pub enum Erasable<'a> {
    /// Becomes null, or begins with "erased ".
    Text(&'a str),
    /// A document, which becomes shorter.
    Document(&'a str),
    /// The salt of the row, which becomes longer.
    Salt,
}

impl Erasable<'_> {
    fn column(&self) -> &str {
        match self {
            Self::Text(column) | Self::Document(column) => column,
            Self::Salt => "salt",
        }
    }
}

/// The call of PostgreSQL's trigger function that refuses all changes but an erasure's.
pub fn refusal(personal: &[Erasable<'_>]) -> String {
    let columns: Vec<_> = personal
        .iter()
        .map(|erasable| format!("'{}'", erasable.column()))
        .collect();
    format!("refuse_change_but_erasure({})", columns.join(", "))
}

/// The condition on OLD and NEW under which SQLite allows an update of `table`.
pub async fn allowed(manager: &SchemaManager<'_>, table: &str, personal: &[Erasable<'_>]) -> Result<String, DbErr> {
    let connection = manager.get_connection();
    let columns = Statement::from_string(
        connection.get_database_backend(),
        format!("SELECT name FROM pragma_table_info('{table}')"),
    );
    let mut conditions =
        vec!["EXISTS (SELECT 1 FROM erasure WHERE tenant_id = OLD.tenant_id AND under_way IS NOT NULL)".to_owned()];
    for row in connection.query_all_raw(columns).await? {
        let column: String = row.try_get("", "name")?;
        let erasable = personal.iter().find(|erasable| erasable.column() == column);
        let same = format!("NEW.{column} IS OLD.{column}");
        conditions.push(match erasable {
            None => same,
            Some(Erasable::Text(_)) => {
                format!("({same} OR NEW.{column} IS NULL OR NEW.{column} LIKE 'erased %')")
            }
            Some(Erasable::Document(_)) => format!("({same} OR length(NEW.{column}) < length(OLD.{column}))"),
            Some(Erasable::Salt) => format!("({same} OR length(NEW.{column}) > length(OLD.{column}))"),
        });
    }
    Ok(conditions.join(" AND "))
}

/// PostgreSQL's trigger function; its arguments are the columns that an erasure may change. A row as JSON has texts and
/// bytes as strings, and documents as they are.
pub const POSTGRES_REFUSAL: &str = "
CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb;
  after jsonb;
  is_under_way boolean := FALSE;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT EXISTS (SELECT FROM erasure WHERE tenant_id = OLD.tenant_id AND under_way IS NOT NULL) INTO is_under_way;
    before := to_jsonb(OLD);
    after := to_jsonb(NEW);
    IF is_under_way AND before - TG_ARGV = after - TG_ARGV AND NOT EXISTS (
      SELECT FROM unnest(TG_ARGV) AS personal(name)
      WHERE before -> name <> after -> name AND NOT CASE
        WHEN name = 'salt' THEN before -> name = 'null'::jsonb OR length(after ->> name) > length(before ->> name)
        WHEN jsonb_typeof(after -> name) IN ('array', 'object') THEN length(after ->> name) < length(before ->> name)
        ELSE after -> name = 'null'::jsonb OR after ->> name LIKE 'erased %'
      END
    ) THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$";
