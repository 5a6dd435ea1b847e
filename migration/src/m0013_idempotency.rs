//! The answers of mutations to idempotency keys, which are repeated where a key comes again. Keys of different subjects are
//! independent of each other.

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
            Erasable::Text("subject"),
            Erasable::Text("idempotency_key"),
            Erasable::Document("answer"),
            Erasable::Salt,
        ];
        dialect::make_append_only_but_erasable(manager, "idempotency", "id = NEW.id", &personal).await?;
        let key = "operation = NEW.operation AND subject = NEW.subject AND idempotency_key = NEW.idempotency_key";
        dialect::refuse_replacing(manager, "idempotency", key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE idempotency (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  operation text NOT NULL,
  subject text NOT NULL,
  idempotency_key text NOT NULL,
  content {bytes} NOT NULL,
  salt {bytes} NOT NULL,
  answer {json} NOT NULL,
  created_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX idempotency_key_key ON idempotency (tenant_id, operation, subject, idempotency_key)";

const DOWN: &str = "DROP TABLE idempotency";
