//! What a payout run looked at: its cut-off, who created it, and a line for every payee, paid or left out and why; the
//! references of partners at the payment service, copied to their payouts; and who created and settled these.
//!
//! A line is what the run saw, and is never changed. Existing runs only get lines for what they paid out. A replica of
//! an earlier release writes none meanwhile; a job of the present one adds what is missing. Recording an event touches
//! nothing of this: the new indexes of commissions contain only rows that were approved or paid, or that wait for an
//! individual.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let own_key = "run_id = NEW.run_id AND position = NEW.position";
        dialect::make_append_only_by(manager, "payout_run_line", own_key).await?;
        dialect::refuse_replacing(manager, "payout_run_line", "payout_id = NEW.payout_id").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
ALTER TABLE partner ADD COLUMN payout_reference text
--
ALTER TABLE payout_run ADD COLUMN accrued_before {time}
--
ALTER TABLE payout_run ADD COLUMN created_by text
--
ALTER TABLE payout ADD COLUMN payout_reference text
--
ALTER TABLE payout ADD COLUMN created_by text
--
ALTER TABLE payout ADD COLUMN settled_by text
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
CREATE UNIQUE INDEX payout_run_line_payout_key ON payout_run_line (tenant_id, payout_id) WHERE payout_id IS NOT NULL
--
INSERT INTO payout_run_line (tenant_id, run_id, position, partner_id, recipient, currency, amount_minor, commission_count,
  outcome, payout_id)
SELECT tenant_id, run_id,
  ROW_NUMBER() OVER (PARTITION BY tenant_id, run_id ORDER BY currency, amount_minor DESC, partner_id, id),
  partner_id, recipient, currency, amount_minor,
  (SELECT COUNT(*) FROM payout_item WHERE payout_item.tenant_id = payout.tenant_id AND payout_item.payout_id = payout.id),
  'PAID_OUT', id FROM payout
--
CREATE INDEX payout_pending ON payout (tenant_id, run_id, id) WHERE status = 'PENDING'
--
CREATE INDEX payout_by_settled ON payout (tenant_id, settled_at, id) WHERE settled_at IS NOT NULL
--
CREATE INDEX commission_by_approved ON commission (tenant_id, approved_at, id) WHERE approved_at IS NOT NULL
--
CREATE INDEX commission_by_paid ON commission (tenant_id, paid_at, id) WHERE paid_at IS NOT NULL
--
CREATE INDEX commission_unassigned ON commission (tenant_id, payment_target, mature_at)
  WHERE status = 'ACCRUED' AND payment_target = 'INDIVIDUAL' AND recipient IS NULL";

const DOWN: &str = "
DROP INDEX commission_unassigned
--
DROP INDEX commission_by_paid
--
DROP INDEX commission_by_approved
--
DROP INDEX payout_by_settled
--
DROP INDEX payout_pending
--
DROP TABLE payout_run_line
--
ALTER TABLE payout DROP COLUMN settled_by
--
ALTER TABLE payout DROP COLUMN created_by
--
ALTER TABLE payout DROP COLUMN payout_reference
--
ALTER TABLE payout_run DROP COLUMN created_by
--
ALTER TABLE payout_run DROP COLUMN accrued_before
--
ALTER TABLE partner DROP COLUMN payout_reference";
