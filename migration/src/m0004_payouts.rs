//! Payout runs: their cut-off, who created them, a line for every payee, paid or left out and why, and the payouts.
//!
//! A line is what the run saw, and is never changed. The references of partners at the payment service are copied to their
//! payouts.

use sea_orm_migration::prelude::*;

use crate::dialect;
use crate::erasable::Erasable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::keep_audit_entry(manager, "payout_run", "audit_entry_id").await?;
        dialect::keep_audit_entry(manager, "payout", "settled_audit_entry_id").await?;
        dialect::keep_audit_entry(manager, "payout", "returned_audit_entry_id").await?;
        let own_key = "run_id = NEW.run_id AND position = NEW.position";
        let recipient = [Erasable::Text("recipient")];
        dialect::make_append_only_but_erasable(manager, "payout_run_line", own_key, &recipient).await?;
        dialect::refuse_replacing(manager, "payout_run_line", "payout_id = NEW.payout_id").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE payout_run (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  created_at {time} NOT NULL,
  created_by text NOT NULL,
  accrued_before {time},
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, id)
)
--
CREATE TABLE payout (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  run_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  recipient text,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  status text NOT NULL,
  created_at {time} NOT NULL,
  created_by text NOT NULL,
  sequence bigint NOT NULL,
  settled_at {time},
  settled_by text,
  settled_sequence bigint,
  reference text,
  reference_key {sorted},
  payout_reference text NOT NULL,
  bank_reference text NOT NULL,
  bank_reference_start text NOT NULL,
  returned_at {time},
  returned_by text,
  returned_sequence bigint,
  return_reason text,
  salt {bytes} NOT NULL,
  settled_audit_entry_id {id},
  returned_audit_entry_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES payout_run (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE INDEX payout_by_run ON payout (tenant_id, run_id, id)
--
CREATE INDEX payout_by_partner ON payout (tenant_id, partner_id, id)
--
CREATE INDEX payout_by_status ON payout (tenant_id, status, id)
--
CREATE INDEX payout_pending ON payout (tenant_id, run_id, id) WHERE status = 'PENDING'
--
CREATE INDEX payout_by_settled ON payout (tenant_id, settled_at, id) WHERE settled_at IS NOT NULL
--
CREATE UNIQUE INDEX payout_bank_reference_key ON payout (tenant_id, bank_reference_start)
--
CREATE INDEX payout_by_reference ON payout (tenant_id, reference_key) WHERE reference_key IS NOT NULL
--
CREATE INDEX payout_by_amount ON payout (tenant_id, currency, amount_minor, id)
--
CREATE TABLE payout_run_line (
  tenant_id {id} NOT NULL,
  run_id {id} NOT NULL,
  position bigint NOT NULL,
  partner_id {id} NOT NULL,
  recipient text,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  commission_count integer NOT NULL,
  outcome text NOT NULL,
  payout_id {id},
  PRIMARY KEY (tenant_id, run_id, position),
  FOREIGN KEY (tenant_id, run_id) REFERENCES payout_run (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, payout_id) REFERENCES payout (tenant_id, id)
)
--
CREATE UNIQUE INDEX payout_run_line_payout_key ON payout_run_line (tenant_id, payout_id) WHERE payout_id IS NOT NULL";

const DOWN: &str = "
DROP TABLE payout_run_line
--
DROP TABLE payout
--
DROP TABLE payout_run";
