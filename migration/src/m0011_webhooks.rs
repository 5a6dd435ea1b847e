//! Webhooks: the endpoints of tenants, and what was or will be delivered to each.
//!
//! A deleted endpoint stays for as long as deliveries refer to it, without its secret. A delivery stores its body as
//! the exact text that is signed and sent, and its attempts in one document: one row is written per attempt.

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

const UP: &str = "
CREATE TABLE webhook_endpoint (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  url text NOT NULL,
  description text,
  event_types {json} NOT NULL,
  api_version text NOT NULL,
  active boolean NOT NULL,
  disabled_reason text,
  secret {bytes},
  secret_key text,
  previous_secret {bytes},
  previous_secret_key text,
  previous_until {time},
  secret_rotated_at {time},
  listens_since text NOT NULL,
  quiet_since {time} NOT NULL,
  failed_count integer NOT NULL,
  lease_owner text,
  lease_until {time},
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  deleted_at {time},
  PRIMARY KEY (tenant_id, id)
)
--
CREATE TABLE webhook_delivery (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  endpoint_id {id} NOT NULL,
  outbox_id bigint,
  object_id {id},
  type text NOT NULL,
  payload text NOT NULL,
  status text NOT NULL,
  turn integer NOT NULL,
  attempt_count integer NOT NULL,
  attempts {json} NOT NULL,
  created_at {time} NOT NULL,
  next_attempt_at {time},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoint (tenant_id, id)
)
--
CREATE UNIQUE INDEX webhook_delivery_once ON webhook_delivery (tenant_id, endpoint_id, outbox_id) WHERE outbox_id IS NOT NULL
--
CREATE INDEX webhook_delivery_by_endpoint ON webhook_delivery (tenant_id, endpoint_id, id)
--
CREATE INDEX webhook_delivery_due ON webhook_delivery (tenant_id, endpoint_id, next_attempt_at, id) WHERE status = 'PENDING'
--
CREATE INDEX webhook_delivery_of_object ON webhook_delivery (tenant_id, endpoint_id, object_id, outbox_id)
  WHERE status = 'PENDING'";

const DOWN: &str = "
DROP TABLE webhook_delivery
--
DROP TABLE webhook_endpoint";
