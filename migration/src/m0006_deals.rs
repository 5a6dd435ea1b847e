//! Deals and what they pay: the pipeline, deals, commission rules with the versions that paid, and the payments that
//! were due.
//!
//! A version of a rule is append-only; it is written when it first pays. A payment only changes by being voided, once.
//! The lists within rules and deals are documents; `commission_rule_reference` and `deal_field` repeat what they name,
//! so that the database refuses to delete it.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::make_append_only(manager, "commission_rule_version").await?;
        let key = "rule_id = NEW.rule_id AND version = NEW.version";
        dialect::refuse_replacing(manager, "commission_rule_version", key).await?;
        dialect::keep_columns(
            manager,
            "deal_payment",
            KEPT,
            "(OLD.voided_at IS NOT NULL AND (NEW.voided_at IS DISTINCT FROM OLD.voided_at
               OR NEW.voided_sequence IS DISTINCT FROM OLD.voided_sequence))
             OR (NEW.voided_at IS NULL) <> (NEW.voided_sequence IS NULL)",
            &[],
        )
        .await?;
        dialect::refuse_replacing(manager, "deal_payment", SAME_PAYMENT).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

/// The columns of a payment that never change.
const KEPT: &[&str] = &[
    "tenant_id",
    "id",
    "deal_id",
    "payment_target",
    "stage_id",
    "entry",
    "part",
    "occurrence",
    "rule_id",
    "version",
    "commission_id",
    "created_at",
    "sequence",
];

/// Rows that are equal by one of the unique indexes of `deal_payment`.
const SAME_PAYMENT: &str = "(commission_id = NEW.commission_id OR (voided_at IS NULL AND NEW.voided_at IS NULL \
    AND deal_id = NEW.deal_id AND payment_target = NEW.payment_target AND stage_id = NEW.stage_id \
    AND entry = NEW.entry AND part = NEW.part AND occurrence = NEW.occurrence))";

const UP: &str = "
CREATE TABLE payment_stage (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  label text NOT NULL,
  position integer NOT NULL,
  outcome text NOT NULL,
  external_id text,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX payment_stage_external_id_key ON payment_stage (tenant_id, external_id)
--
CREATE TABLE custom_field (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  label text NOT NULL,
  external_id text,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX custom_field_external_id_key ON custom_field (tenant_id, external_id)
--
CREATE TABLE custom_field_option (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  field_id {id} NOT NULL,
  label text NOT NULL,
  external_id text,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, field_id) REFERENCES custom_field (tenant_id, id)
)
--
CREATE INDEX custom_field_option_by_field ON custom_field_option (tenant_id, field_id, position)
--
CREATE TABLE deal (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text,
  external_id_key text,
  name text NOT NULL,
  name_key {sorted} NOT NULL,
  value_minor bigint NOT NULL,
  currency text NOT NULL,
  partner_id {id} NOT NULL,
  stage_id {id},
  lead_creator text,
  owner text,
  renewals integer NOT NULL,
  fields {json} NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, stage_id) REFERENCES payment_stage (tenant_id, id)
)
--
CREATE UNIQUE INDEX deal_external_id_key ON deal (tenant_id, external_id)
--
CREATE INDEX deal_by_partner ON deal (tenant_id, partner_id, id)
--
CREATE INDEX deal_by_stage ON deal (tenant_id, stage_id, id)
--
CREATE INDEX deal_by_name ON deal (tenant_id, name_key, id)
--
CREATE INDEX deal_by_value ON deal (tenant_id, currency, value_minor, id)
--
CREATE TABLE deal_field (
  tenant_id {id} NOT NULL,
  deal_id {id} NOT NULL,
  field_id {id} NOT NULL,
  option_id {id} NOT NULL,
  PRIMARY KEY (tenant_id, deal_id, field_id),
  FOREIGN KEY (tenant_id, deal_id) REFERENCES deal (tenant_id, id),
  FOREIGN KEY (tenant_id, field_id) REFERENCES custom_field (tenant_id, id),
  FOREIGN KEY (tenant_id, option_id) REFERENCES custom_field_option (tenant_id, id)
)
--
CREATE INDEX deal_field_by_field ON deal_field (tenant_id, field_id)
--
CREATE INDEX deal_field_by_option ON deal_field (tenant_id, option_id)
--
CREATE TABLE commission_rule (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text,
  version integer NOT NULL,
  label_key {sorted} NOT NULL,
  partner_type text NOT NULL,
  payment_target text NOT NULL,
  plan {json} NOT NULL,
  tier_ids {json} NOT NULL,
  category_ids {json} NOT NULL,
  partner_ids {json} NOT NULL,
  archived_at {time},
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX commission_rule_external_id_key ON commission_rule (tenant_id, external_id) WHERE archived_at IS NULL
--
CREATE INDEX commission_rule_by_type ON commission_rule (tenant_id, partner_type, id)
--
CREATE INDEX commission_rule_by_label ON commission_rule (tenant_id, label_key, id)
--
CREATE TABLE commission_rule_reference (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  rule_id {id} NOT NULL,
  tier_id {id},
  category_id {id},
  partner_id {id},
  stage_id {id},
  field_id {id},
  option_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, rule_id) REFERENCES commission_rule (tenant_id, id),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES partner_tier (tenant_id, id),
  FOREIGN KEY (tenant_id, category_id) REFERENCES partner_category (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, stage_id) REFERENCES payment_stage (tenant_id, id),
  FOREIGN KEY (tenant_id, field_id) REFERENCES custom_field (tenant_id, id),
  FOREIGN KEY (tenant_id, option_id) REFERENCES custom_field_option (tenant_id, id)
)
--
CREATE INDEX commission_rule_reference_by_rule ON commission_rule_reference (tenant_id, rule_id, partner_id)
--
CREATE INDEX commission_rule_reference_by_tier ON commission_rule_reference (tenant_id, tier_id)
--
CREATE INDEX commission_rule_reference_by_category ON commission_rule_reference (tenant_id, category_id)
--
CREATE INDEX commission_rule_reference_by_partner ON commission_rule_reference (tenant_id, partner_id)
--
CREATE INDEX commission_rule_reference_by_stage ON commission_rule_reference (tenant_id, stage_id, rule_id)
--
CREATE INDEX commission_rule_reference_by_field ON commission_rule_reference (tenant_id, field_id)
--
CREATE INDEX commission_rule_reference_by_option ON commission_rule_reference (tenant_id, option_id)
--
CREATE TABLE commission_rule_version (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  rule_id {id} NOT NULL,
  version integer NOT NULL,
  plan {json} NOT NULL,
  created_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, rule_id) REFERENCES commission_rule (tenant_id, id)
)
--
CREATE UNIQUE INDEX commission_rule_version_key ON commission_rule_version (tenant_id, rule_id, version)
--
CREATE TABLE deal_payment (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  deal_id {id} NOT NULL,
  payment_target text NOT NULL,
  stage_id {id} NOT NULL,
  entry integer NOT NULL,
  part text NOT NULL,
  occurrence integer NOT NULL,
  rule_id {id} NOT NULL,
  version integer NOT NULL,
  commission_id {id},
  voided_at {time},
  voided_sequence bigint,
  created_at {time} NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, deal_id) REFERENCES deal (tenant_id, id),
  FOREIGN KEY (tenant_id, stage_id) REFERENCES payment_stage (tenant_id, id),
  FOREIGN KEY (tenant_id, rule_id, version) REFERENCES commission_rule_version (tenant_id, rule_id, version),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
CREATE UNIQUE INDEX deal_payment_slot_key ON deal_payment (tenant_id, deal_id, payment_target, stage_id, entry, part, occurrence) WHERE voided_at IS NULL
--
CREATE UNIQUE INDEX deal_payment_commission_key ON deal_payment (tenant_id, commission_id)
--
CREATE INDEX deal_payment_by_deal ON deal_payment (tenant_id, deal_id, id)
--
CREATE INDEX deal_payment_by_rule ON deal_payment (tenant_id, rule_id, version)
--
CREATE INDEX deal_payment_by_stage ON deal_payment (tenant_id, stage_id)";

const DOWN: &str = "
DROP TABLE deal_payment
--
DROP TABLE commission_rule_version
--
DROP TABLE commission_rule_reference
--
DROP TABLE commission_rule
--
DROP TABLE deal_field
--
DROP TABLE deal
--
DROP TABLE custom_field_option
--
DROP TABLE custom_field
--
DROP TABLE payment_stage";
