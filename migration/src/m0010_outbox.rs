//! The outbox: what happened (`type`) to which object, read by subscriptions and webhooks alike, and pruned after they have
//! read it. `outbox_mark` records how far each reader has come, and up to when it was pruned.
//!
//! On PostgreSQL a row records which transaction wrote it, so that the outbox can be read in the order of commits. On SQLite
//! one transaction writes at a time: ids are in that order.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

// SQLite numbers rows by itself only where the number alone is the key. There is no reference to the objects, which are of
// many kinds, and would cost a lookup for each row.
const UP: &str = "
CREATE TABLE outbox (
  id {serial},
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  at {time} NOT NULL,
  type text NOT NULL,
  object_id {id} NOT NULL,
  detail {json}{postgres ,
  transaction_number bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (tenant_id, id)}
)
--
{postgres CREATE INDEX outbox_by_transaction ON outbox (transaction_number, id)}
--
{postgres CREATE INDEX outbox_by_id ON outbox (id)}
--
CREATE TABLE outbox_mark (
  name text PRIMARY KEY,
  position text,
  at {time} NOT NULL
)
--
INSERT INTO outbox_mark (name, at) VALUES ('webhooks', '1970-01-01T00:00:00+00:00'), ('pruned', '1970-01-01T00:00:00+00:00')";

const DOWN: &str = "
DROP TABLE outbox_mark
--
DROP TABLE outbox";
