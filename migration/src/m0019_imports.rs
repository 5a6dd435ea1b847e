//! Imports: the details given for rows that were entered manually or imported, and imported customers.
//!
//! Rows of events have none of these details, so that recording an event costs no more than before.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Further columns that never change.
const KEPT: &[&str] = &[
    "external_id",
    "reason",
    "note",
    "entered_content",
    "source_accrued_at",
    "source_approved_at",
    "source_paid_at",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let changed = KEPT
            .iter()
            .map(|column| format!("NEW.{column} IS DISTINCT FROM OLD.{column}"));
        let changed = changed.collect::<Vec<_>>().join(" OR ");
        dialect::refuse_updates_of(manager, "commission", TRIGGER, KEPT, &changed).await?;
        dialect::refuse_replacing(manager, "commission", "external_id = NEW.external_id").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_trigger(manager, "commission", TRIGGER).await?;
        if manager.get_connection().get_database_backend() == DbBackend::Sqlite {
            dialect::run(manager, "DROP TRIGGER commission_no_replace_by_key").await?;
        }
        dialect::run(manager, DOWN).await
    }
}

const TRIGGER: &str = "commission_keep_entered";

const UP: &str = "
ALTER TABLE commission ADD COLUMN external_id text
--
ALTER TABLE commission ADD COLUMN reason text
--
ALTER TABLE commission ADD COLUMN note text
--
ALTER TABLE commission ADD COLUMN entered_content {bytes}
--
ALTER TABLE commission ADD COLUMN source_accrued_at {time}
--
ALTER TABLE commission ADD COLUMN source_approved_at {time}
--
ALTER TABLE commission ADD COLUMN source_paid_at {time}
--
CREATE UNIQUE INDEX commission_external_id_key ON commission (tenant_id, external_id) WHERE external_id IS NOT NULL
--
ALTER TABLE customer ADD COLUMN imported_at {time}";

const DOWN: &str = "
ALTER TABLE customer DROP COLUMN imported_at
--
DROP INDEX commission_external_id_key
--
ALTER TABLE commission DROP COLUMN source_paid_at
--
ALTER TABLE commission DROP COLUMN source_approved_at
--
ALTER TABLE commission DROP COLUMN source_accrued_at
--
ALTER TABLE commission DROP COLUMN entered_content
--
ALTER TABLE commission DROP COLUMN note
--
ALTER TABLE commission DROP COLUMN reason
--
ALTER TABLE commission DROP COLUMN external_id";
