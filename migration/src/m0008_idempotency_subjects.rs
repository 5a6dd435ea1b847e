//! Idempotency keys of different subjects are independent of each other. Answers that were stored before have no
//! subject and stay valid for all of them, and so do those that an older replica still writes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        forget_trigger(manager).await?;
        let key = "operation = NEW.operation AND subject = NEW.subject AND idempotency_key = NEW.idempotency_key";
        dialect::refuse_replacing(manager, "idempotency", key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        forget_trigger(manager).await?;
        dialect::run(manager, DOWN).await?;
        let key = "operation = NEW.operation AND idempotency_key = NEW.idempotency_key";
        dialect::refuse_replacing(manager, "idempotency", key).await
    }
}

/// Drops SQLite's trigger, which names the columns of the unique index.
async fn forget_trigger(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => Ok(()),
        _ => dialect::run(manager, "DROP TRIGGER idempotency_no_replace_by_key").await,
    }
}

const UP: &str = "
ALTER TABLE idempotency ADD COLUMN subject text NOT NULL DEFAULT ''
--
DROP INDEX idempotency_key_key
--
CREATE UNIQUE INDEX idempotency_key_key ON idempotency (tenant_id, operation, subject, idempotency_key)";

// Fails where two subjects have used the same key meanwhile.
const DOWN: &str = "
DROP INDEX idempotency_key_key
--
CREATE UNIQUE INDEX idempotency_key_key ON idempotency (tenant_id, operation, idempotency_key)
--
ALTER TABLE idempotency DROP COLUMN subject";
