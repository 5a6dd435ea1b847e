//! Who changed what: an entry for every transaction that changed something, written in that transaction, and the
//! objects under which it is found. Both are append-only.
//!
//! An entry refers neither to its tenant's row nor to what it changed by a foreign key: every write has an entry, and
//! would take a share lock on the tenant's row; and what was changed may be deleted later.

use sea_orm_migration::prelude::*;

use crate::dialect;
use crate::erasable::Erasable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let personal = [
            Erasable::Text("actor"),
            Erasable::Text("token_id"),
            Erasable::Document("changes"),
            Erasable::Salt,
        ];
        dialect::make_append_only_but_erasable(manager, "audit_entry", "id = NEW.id", &personal).await?;
        let key = "object_id = NEW.object_id AND entry_id = NEW.entry_id";
        dialect::make_append_only_by(manager, "audit_object", key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

// Ids sort by time, so that lists between two moments need no index of their own.
const UP: &str = "
CREATE TABLE audit_entry (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  at {time} NOT NULL,
  actor text NOT NULL,
  api_key_id {id},
  token_id text,
  partner_id {id},
  operation text NOT NULL,
  request_id text,
  count integer,
  changes {json} NOT NULL,
  salt {bytes} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE INDEX audit_entry_by_actor ON audit_entry (tenant_id, actor, id)
--
CREATE INDEX audit_entry_by_operation ON audit_entry (tenant_id, operation, id)
--
CREATE TABLE audit_object (
  tenant_id {id} NOT NULL,
  object_id {id} NOT NULL,
  entry_id {id} NOT NULL,
  PRIMARY KEY (tenant_id, object_id, entry_id)
)";

const DOWN: &str = "
DROP TABLE audit_object
--
DROP TABLE audit_entry";
