//! What happens: customers and events, why events earned what they earned, and what the terms count.
//!
//! Decisions are append-only; the newest one of an event is in force. An event names the audit log entry of the transaction
//! that wrote it, unless the seed generated it; by no foreign key, which would cost a lookup for each row: `verify` checks
//! it instead.
//!
//! Sums have bounds: what the database adds up stays within 10^18 minor units, a thousand of the largest amounts. A write
//! that would exceed them is refused, and everything with it.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::keep_audit_entry(manager, "event", "audit_entry_id").await?;
        let own_key = "event_id = NEW.event_id AND number = NEW.number";
        dialect::make_append_only_by(manager, "event_decision", own_key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

// Most events happen shortly before they are recorded, so that the index by the time at which they happened grows at its
// end.
const UP: &str = "
CREATE TABLE customer (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text NOT NULL,
  acquired_at {time} NOT NULL,
  partner_id {id},
  campaign_id {id},
  imported_at {time},
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
CREATE INDEX customer_by_acquisition ON customer (tenant_id, acquired_at, id)
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
  sequence bigint,
  attributed_at {time},
  audit_entry_id {id},
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
CREATE INDEX event_by_window ON event (tenant_id, partner_id, campaign_id, occurred_at)
--
CREATE INDEX event_by_time ON event (tenant_id, occurred_at, id)
--
CREATE TABLE event_decision (
  tenant_id {id} NOT NULL,
  event_id {id} NOT NULL,
  number integer NOT NULL,
  reason text,
  components {json} NOT NULL,
  made_with {json} NOT NULL,
  decided_at {time} NOT NULL,
  recorded_at {time} NOT NULL,
  partner_id {id},
  campaign_id {id},
  amount_minor bigint,
  currency text,
  PRIMARY KEY (tenant_id, event_id, number),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id)
)
--
CREATE INDEX event_decision_by_reason ON event_decision (tenant_id, reason, event_id)
--
CREATE INDEX event_decision_by_time ON event_decision (tenant_id, recorded_at)
--
CREATE TABLE partner_customer (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  customer_id {id} NOT NULL,
  paid_charges bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, customer_id),
  CONSTRAINT partner_customer_bounds CHECK ({sums paid_charges}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
)
--
CREATE TABLE partner_standing (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  qualified_customers bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id),
  CONSTRAINT partner_standing_bounds CHECK ({sums qualified_customers}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE TABLE partner_lifetime_value (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, currency),
  CONSTRAINT partner_lifetime_value_bounds CHECK ({sums amount_minor}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE partner_lifetime_value
--
DROP TABLE partner_standing
--
DROP TABLE partner_customer
--
DROP TABLE event_decision
--
DROP TABLE event
--
DROP TABLE customer";
