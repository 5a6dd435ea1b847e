//! Rows that document what happened name the audit log entry of the transaction that wrote them: events, status changes
//! of commissions, payout runs, settlements of payouts, and moves of customers. Null in rows from before, in those of
//! replicas of an earlier release, and in data that the seed generated.
//!
//! The column is the last of each table and has no default, so that neither engine rewrites rows. It refers to its
//! entry by no foreign key, which would cost a lookup for each row; `verify` checks it instead.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows can be updated, and the column that must stay once it is set.
const KEPT: [(&str, &str); 3] = [
    ("event", "audit_entry_id"),
    ("payout_run", "audit_entry_id"),
    ("payout", "settled_audit_entry_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        for (table, column) in KEPT {
            let changed = format!("OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}");
            dialect::refuse_updates_of(manager, table, &trigger(table), &[column], &changed).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in KEPT {
            dialect::drop_trigger(manager, table, &trigger(table)).await?;
        }
        dialect::run(manager, DOWN).await
    }
}

fn trigger(table: &str) -> String {
    format!("{table}_keep_audit_entry")
}

const UP: &str = "
ALTER TABLE event ADD COLUMN audit_entry_id {id}
--
ALTER TABLE commission_transition ADD COLUMN audit_entry_id {id}
--
ALTER TABLE payout_run ADD COLUMN audit_entry_id {id}
--
ALTER TABLE payout ADD COLUMN settled_audit_entry_id {id}
--
ALTER TABLE reassignment ADD COLUMN audit_entry_id {id}";

const DOWN: &str = "
ALTER TABLE reassignment DROP COLUMN audit_entry_id
--
ALTER TABLE payout DROP COLUMN settled_audit_entry_id
--
ALTER TABLE payout_run DROP COLUMN audit_entry_id
--
ALTER TABLE commission_transition DROP COLUMN audit_entry_id
--
ALTER TABLE event DROP COLUMN audit_entry_id";
