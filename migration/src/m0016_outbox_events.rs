//! The outbox in its final form: what happened (`type`) to which object, read by subscriptions and webhooks alike, and
//! pruned after they have read it; `outbox_mark` records how far each reader has come, and up to when it was pruned.
//!
//! Existing rows, and those of replicas of an earlier release, name a commission and its status instead of a type and
//! an object; readers accept both. On PostgreSQL only the key and one index are rewritten.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => dialect::run(manager, POSTGRES_UP).await?,
            _ => dialect::run(manager, SQLITE_UP).await?,
        }
        dialect::run(manager, MARKS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, "DROP TABLE outbox_mark").await?;
        match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => dialect::run(manager, POSTGRES_DOWN).await,
            _ => dialect::run(manager, SQLITE_DOWN).await,
        }
    }
}

const MARKS: &str = "
CREATE TABLE outbox_mark (
  name text PRIMARY KEY,
  position text,
  at {time} NOT NULL
)
--
INSERT INTO outbox_mark (name, at) VALUES ('webhooks', '1970-01-01T00:00:00+00:00'), ('pruned', '1970-01-01T00:00:00+00:00')";

// Without the reference to commissions, which other objects do not have, and which costs a lookup for each row. The
// index by transaction now contains the rows from before transactions were recorded, too, so that these are pruned like
// others.
const POSTGRES_UP: &str = "
ALTER TABLE outbox ADD COLUMN type text, ADD COLUMN object_id uuid, ADD COLUMN detail jsonb,
  ALTER COLUMN commission_id DROP NOT NULL, ALTER COLUMN status DROP NOT NULL,
  DROP CONSTRAINT outbox_tenant_id_commission_id_fkey, DROP CONSTRAINT outbox_pkey
--
ALTER TABLE outbox ADD PRIMARY KEY (tenant_id, id)
--
DROP INDEX outbox_by_transaction
--
CREATE INDEX outbox_by_transaction ON outbox (transaction_number, id)";

const POSTGRES_DOWN: &str = "
DELETE FROM outbox WHERE type NOT LIKE 'COMMISSION\\_%'
--
UPDATE outbox SET commission_id = object_id, status = SUBSTR(type, 12) WHERE type IS NOT NULL
--
DROP INDEX outbox_by_transaction
--
CREATE INDEX outbox_by_transaction ON outbox (transaction_number, id) WHERE transaction_number IS NOT NULL
--
ALTER TABLE outbox DROP CONSTRAINT outbox_pkey, DROP COLUMN type, DROP COLUMN object_id, DROP COLUMN detail,
  ALTER COLUMN commission_id SET NOT NULL, ALTER COLUMN status SET NOT NULL, ADD PRIMARY KEY (id),
  ADD FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)";

// SQLite numbers rows by itself only where the number alone is the key, so that the tenant is an ordinary column.
const SQLITE_UP: &str = "
CREATE TABLE outbox_final (
  id {serial},
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  commission_id {id},
  status text,
  at {time} NOT NULL,
  type text,
  object_id {id},
  detail {json}
)
--
INSERT INTO outbox_final (id, tenant_id, commission_id, status, at) SELECT id, tenant_id, commission_id, status, at FROM outbox
--
DROP TABLE outbox
--
ALTER TABLE outbox_final RENAME TO outbox";

const SQLITE_DOWN: &str = "
CREATE TABLE outbox_former (
  id {serial},
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  commission_id {id} NOT NULL,
  status text NOT NULL,
  at {time} NOT NULL,
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
INSERT INTO outbox_former (id, tenant_id, commission_id, status, at)
SELECT id, tenant_id, COALESCE(commission_id, object_id), COALESCE(status, SUBSTR(type, 12)), at FROM outbox
WHERE type IS NULL OR SUBSTR(type, 1, 11) = 'COMMISSION_'
--
DROP TABLE outbox
--
ALTER TABLE outbox_former RENAME TO outbox";
