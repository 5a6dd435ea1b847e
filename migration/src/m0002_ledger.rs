//! The ledger: customers and events, the commissions they earn, balances, payouts, idempotency keys and the outbox.
//!
//! Triggers refuse any change of what a commission says (amount, to whom, for what, since when); its status, the times
//! of its status, its payout and, once, its recipient may change. Transitions and payout items are append-only.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        for table in ["commission_transition", "payout_item", "idempotency"] {
            dialect::make_append_only(manager, table).await?;
        }
        for (table, key) in [
            (
                "payout_item",
                "payout_id = NEW.payout_id AND commission_id = NEW.commission_id",
            ),
            (
                "idempotency",
                "operation = NEW.operation AND idempotency_key = NEW.idempotency_key",
            ),
        ] {
            dialect::refuse_replacing(manager, table, key).await?;
        }
        dialect::keep_columns(
            manager,
            "commission",
            KEPT,
            "(OLD.recipient IS NOT NULL AND NEW.recipient IS DISTINCT FROM OLD.recipient)",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

/// The columns of a commission that never change.
const KEPT: &[&str] = &[
    "tenant_id",
    "id",
    "kind",
    "amount_minor",
    "currency",
    "payment_target",
    "partner_id",
    "campaign_id",
    "event_id",
    "snapshot_id",
    "adjusts_id",
    "basis",
    "holdback_days",
    "accrued_at",
    "mature_at",
    "explanation",
];

const UP: &str = "
CREATE TABLE customer (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text NOT NULL,
  acquired_at {time} NOT NULL,
  partner_id {id},
  campaign_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE UNIQUE INDEX customer_external_id_key ON customer (tenant_id, external_id)
--
CREATE INDEX customer_by_partner ON customer (tenant_id, partner_id, id)
--
CREATE INDEX customer_by_campaign ON customer (tenant_id, campaign_id, id)
--
CREATE TABLE event (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text NOT NULL,
  content {bytes} NOT NULL,
  kind text NOT NULL,
  type text,
  base boolean NOT NULL,
  amount_minor bigint,
  currency text,
  revenue_minor bigint,
  revenue_currency text,
  occurred_at {time} NOT NULL,
  recorded_at {time} NOT NULL,
  customer_id {id},
  attribution_id {id},
  partner_id {id},
  campaign_id {id},
  original_id {id},
  metadata {json},
  refunded_minor bigint NOT NULL,
  wholly_refunded boolean NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, original_id) REFERENCES event (tenant_id, id)
)
--
CREATE UNIQUE INDEX event_external_id_key ON event (tenant_id, external_id)
--
CREATE UNIQUE INDEX event_attribution_key ON event (tenant_id, attribution_id)
--
CREATE INDEX event_by_customer ON event (tenant_id, customer_id, id)
--
CREATE INDEX event_by_partner ON event (tenant_id, partner_id, id)
--
CREATE INDEX event_by_campaign ON event (tenant_id, campaign_id, id)
--
CREATE INDEX event_first_of_type ON event (tenant_id, partner_id, customer_id, type, id)
--
CREATE INDEX event_by_original ON event (tenant_id, original_id, id) WHERE original_id IS NOT NULL
--
CREATE TABLE partner_customer (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  customer_id {id} NOT NULL,
  paid_charges bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, customer_id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
)
--
CREATE TABLE partner_standing (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  qualified_customers bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE TABLE partner_lifetime_value (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, currency),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE TABLE payout_run (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  created_at {time} NOT NULL,
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
  settled_at {time},
  reference text,
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
CREATE TABLE commission (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  payment_target text NOT NULL,
  recipient text,
  partner_id {id} NOT NULL,
  campaign_id {id},
  event_id {id},
  snapshot_id {id},
  adjusts_id {id},
  basis text,
  holdback_days integer,
  accrued_at {time} NOT NULL,
  mature_at {time},
  approved_at {time},
  paid_at {time},
  reversed_at {time},
  payout_id {id},
  explanation {json} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, snapshot_id) REFERENCES commission_snapshot (tenant_id, id),
  FOREIGN KEY (tenant_id, adjusts_id) REFERENCES commission (tenant_id, id),
  FOREIGN KEY (tenant_id, payout_id) REFERENCES payout (tenant_id, id)
)
--
CREATE INDEX commission_by_time ON commission (tenant_id, accrued_at, id)
--
CREATE INDEX commission_by_partner ON commission (tenant_id, partner_id, accrued_at, id)
--
CREATE INDEX commission_by_campaign ON commission (tenant_id, campaign_id, accrued_at, id)
--
CREATE INDEX commission_by_status ON commission (tenant_id, status, accrued_at, id)
--
CREATE INDEX commission_by_amount ON commission (tenant_id, currency, amount_minor, id)
--
CREATE INDEX commission_by_event ON commission (tenant_id, event_id, accrued_at, id)
--
CREATE INDEX commission_by_adjusted ON commission (tenant_id, adjusts_id, accrued_at, id) WHERE adjusts_id IS NOT NULL
--
CREATE INDEX commission_maturing ON commission (mature_at, tenant_id, partner_id) WHERE status = 'ACCRUED' AND mature_at IS NOT NULL
--
CREATE INDEX commission_payable ON commission (tenant_id, partner_id, currency) WHERE status = 'APPROVED' AND payout_id IS NULL
--
CREATE TABLE commission_transition (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  commission_id {id} NOT NULL,
  from_status text,
  to_status text NOT NULL,
  actor text NOT NULL,
  reason text,
  at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
CREATE INDEX commission_transition_by_commission ON commission_transition (tenant_id, commission_id, id)
--
CREATE TABLE payout_item (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  payout_id {id} NOT NULL,
  commission_id {id} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, payout_id) REFERENCES payout (tenant_id, id),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
CREATE UNIQUE INDEX payout_item_key ON payout_item (tenant_id, payout_id, commission_id)
--
CREATE TABLE partner_balance (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  currency text NOT NULL,
  accrued_minor bigint NOT NULL,
  approved_minor bigint NOT NULL,
  paid_minor bigint NOT NULL,
  reversed_minor bigint NOT NULL,
  reserved_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, currency),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE TABLE idempotency (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  operation text NOT NULL,
  idempotency_key text NOT NULL,
  content {bytes} NOT NULL,
  answer {json} NOT NULL,
  created_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX idempotency_key_key ON idempotency (tenant_id, operation, idempotency_key)
--
CREATE TABLE outbox (
  id {serial},
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  commission_id {id} NOT NULL,
  status text NOT NULL,
  at {time} NOT NULL,
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE outbox
--
DROP TABLE idempotency
--
DROP TABLE partner_balance
--
DROP TABLE payout_item
--
DROP TABLE commission_transition
--
DROP TABLE commission
--
DROP TABLE payout
--
DROP TABLE payout_run
--
DROP TABLE partner_lifetime_value
--
DROP TABLE partner_standing
--
DROP TABLE partner_customer
--
DROP TABLE event
--
DROP TABLE customer";
