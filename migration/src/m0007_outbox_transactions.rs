//! The outbox records which transaction wrote each row, so that it can be read in the order of commits.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => dialect::run(manager, UP).await,
            // One transaction writes at a time: ids are in the order of commits.
            _ => Ok(()),
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => dialect::run(manager, DOWN).await,
            _ => Ok(()),
        }
    }
}

// The default is set in a statement of its own, so that existing rows are not rewritten: they keep NULL, for which no
// reader waits. Replicas of the previous release do not know the column, and the default fills it in for them.
const UP: &str = "
ALTER TABLE outbox ADD COLUMN transaction_number bigint
--
ALTER TABLE outbox ALTER COLUMN transaction_number SET DEFAULT pg_current_xact_id()::text::bigint
--
CREATE INDEX outbox_by_transaction ON outbox (transaction_number, id) WHERE transaction_number IS NOT NULL";

const DOWN: &str = "
DROP INDEX outbox_by_transaction
--
ALTER TABLE outbox DROP COLUMN transaction_number";
