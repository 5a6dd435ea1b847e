//! Sums have bounds: what the database adds up stays within 10^18 minor units, a thousand of the largest amounts. A
//! write that would exceed them is refused, and everything with it.
//!
//! PostgreSQL checks rows as they are written (NOT VALID: existing rows are not visited). SQLite adds CHECKs only by
//! rebuilding a table, which would refuse to migrate a database that the missing bound has damaged already, and drops
//! what a later release attaches to the table; so triggers check there. They also refuse anything but integers: beyond
//! 64 bits SQLite continues in binary floating point.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The columns to which the database adds in place, or whose sums it holds.
const SUMS: [(&str, &[&str]); 5] = [
    (
        "partner_balance",
        &[
            "accrued_minor",
            "approved_minor",
            "paid_minor",
            "reversed_minor",
            "reserved_minor",
        ],
    ),
    ("partner_lifetime_value", &["amount_minor"]),
    ("partner_standing", &["qualified_customers"]),
    ("partner_customer", &["paid_charges"]),
    (
        "tier_counter",
        &[
            "conversions",
            "events",
            "sale_amount_minor",
            "payout_minor",
            "revenue_minor",
        ],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_connection().get_database_backend() == DbBackend::Postgres;
        for (table, columns) in SUMS {
            let sql = match is_postgres {
                true => POSTGRES_UP.replace("{within}", &all(columns, within)),
                false => SQLITE_UP.replace("{beyond}", &any(columns)),
            };
            dialect::run(manager, &sql.replace("{table}", table)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => POSTGRES_DOWN,
            _ => SQLITE_DOWN,
        };
        for (table, _) in SUMS {
            dialect::run(manager, &sql.replace("{table}", table)).await?;
        }
        Ok(())
    }
}

fn within(column: &str) -> String {
    format!("{column} BETWEEN -1000000000000000000 AND 1000000000000000000")
}

fn all(columns: &[&str], condition: impl Fn(&str) -> String) -> String {
    let all: Vec<_> = columns.iter().map(|column| condition(column)).collect();
    all.join(" AND ")
}

/// Whether any of the new values exceeds the bound or is not an integer.
fn any(columns: &[&str]) -> String {
    let sound = |column: &str| {
        format!(
            "typeof(NEW.{column}) = 'integer' AND {}",
            within(&format!("NEW.{column}"))
        )
    };
    format!("NOT ({})", all(columns, sound))
}

const POSTGRES_UP: &str = "ALTER TABLE {table} ADD CONSTRAINT {table}_bounds CHECK ({within}) NOT VALID";

const POSTGRES_DOWN: &str = "ALTER TABLE {table} DROP CONSTRAINT {table}_bounds";

const SQLITE_UP: &str = "
CREATE TRIGGER {table}_insert_bounds BEFORE INSERT ON {table} WHEN {beyond}
BEGIN SELECT RAISE(ABORT, 'the values break {table}_bounds'); END
--
CREATE TRIGGER {table}_update_bounds BEFORE UPDATE ON {table} WHEN {beyond}
BEGIN SELECT RAISE(ABORT, 'the values break {table}_bounds'); END";

const SQLITE_DOWN: &str = "
DROP TRIGGER {table}_update_bounds
--
DROP TRIGGER {table}_insert_bounds";
