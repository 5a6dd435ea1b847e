//! API keys. Of a key only its hash is stored, and the prefix by which it is found.

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

// A prefix is unique across tenants: a caller that presents a key has not said yet which tenant is meant.
const UP: &str = "
CREATE TABLE api_key (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  hash {bytes} NOT NULL,
  scopes text NOT NULL,
  partner_id {id},
  created_at {time} NOT NULL,
  expires_at {time},
  last_used_at {time},
  revoked_at {time},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE UNIQUE INDEX api_key_prefix_key ON api_key (prefix)
--
CREATE INDEX api_key_by_partner ON api_key (tenant_id, partner_id)";

const DOWN: &str = "DROP TABLE api_key";
