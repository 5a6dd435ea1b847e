//! The programme: tenants, partners and how they are classified, campaigns, promises (snapshots), requests to join.
//!
//! Every table but `tenant` starts its primary key with `tenant_id`, and foreign keys carry it too: the database itself
//! refuses a link from one tenant's row to another's.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::make_append_only(manager, "commission_snapshot").await?;
        let key = "partner_id = NEW.partner_id AND campaign_id IS NEW.campaign_id AND version = NEW.version";
        dialect::refuse_replacing(manager, "commission_snapshot", key).await?;
        dialect::make_append_only(manager, "partner_transition").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE tenant (
  id {id} NOT NULL PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  base_currency text NOT NULL,
  time_zone text NOT NULL,
  minimum_payouts {json} NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
)
--
CREATE TABLE partner_group (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  external_id text,
  description text,
  tags {json} NOT NULL,
  is_default boolean NOT NULL,
  currency text,
  rules {json} NOT NULL,
  version integer NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX partner_group_external_id_key ON partner_group (tenant_id, external_id)
--
CREATE UNIQUE INDEX partner_group_default_key ON partner_group (tenant_id) WHERE is_default
--
CREATE TABLE partner_tier (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  label {sorted} NOT NULL,
  external_id text,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX partner_tier_external_id_key ON partner_tier (tenant_id, external_id)
--
CREATE UNIQUE INDEX partner_tier_label_key ON partner_tier (tenant_id, label)
--
CREATE TABLE partner_category (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  label {sorted} NOT NULL,
  external_id text,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX partner_category_external_id_key ON partner_category (tenant_id, external_id)
--
CREATE UNIQUE INDEX partner_category_label_key ON partner_category (tenant_id, label)
--
CREATE TABLE advertiser (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  external_id text,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX advertiser_external_id_key ON advertiser (tenant_id, external_id)
--
CREATE TABLE campaign (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  name_key {sorted} NOT NULL,
  external_id text,
  external_id_key {sorted},
  status text NOT NULL,
  terms {json} NOT NULL,
  holdback_days integer,
  starts_at {time},
  ends_at {time},
  advertiser_id {id},
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, advertiser_id) REFERENCES advertiser (tenant_id, id)
)
--
CREATE UNIQUE INDEX campaign_external_id_key ON campaign (tenant_id, external_id)
--
CREATE INDEX campaign_by_advertiser ON campaign (tenant_id, advertiser_id, id)
--
CREATE TABLE partner (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  name_key {sorted} NOT NULL,
  email text NOT NULL,
  external_id text,
  external_id_key {sorted},
  type text NOT NULL,
  status text NOT NULL,
  tags {json} NOT NULL,
  metadata {json},
  group_id {id},
  tier_id {id},
  payout_currency text,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  activated_at {time},
  revoked_at {time},
  tokens_valid_from {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, group_id) REFERENCES partner_group (tenant_id, id),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES partner_tier (tenant_id, id)
)
--
CREATE UNIQUE INDEX partner_email_key ON partner (tenant_id, email)
--
CREATE UNIQUE INDEX partner_external_id_key ON partner (tenant_id, external_id)
--
CREATE INDEX partner_by_name ON partner (tenant_id, name_key, id)
--
CREATE INDEX partner_by_group ON partner (tenant_id, group_id, id)
--
CREATE INDEX partner_by_tier ON partner (tenant_id, tier_id, id)
--
CREATE TABLE partner_transition (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  partner_id {id} NOT NULL,
  from_status text,
  to_status text NOT NULL,
  actor text NOT NULL,
  reason text,
  at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE INDEX partner_transition_by_partner ON partner_transition (tenant_id, partner_id, id)
--
CREATE TABLE partner_category_member (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  category_id {id} NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, category_id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, category_id) REFERENCES partner_category (tenant_id, id)
)
--
CREATE INDEX partner_category_member_by_category ON partner_category_member (tenant_id, category_id, partner_id)
--
CREATE TABLE campaign_member (
  tenant_id {id} NOT NULL,
  campaign_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  joined_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, campaign_id, partner_id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE INDEX campaign_member_by_partner ON campaign_member (tenant_id, partner_id, campaign_id)
--
CREATE TABLE commission_snapshot (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  partner_id {id} NOT NULL,
  campaign_id {id},
  version integer NOT NULL,
  terms {json} NOT NULL,
  holdback_days integer,
  source text NOT NULL,
  reason text,
  created_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE UNIQUE INDEX commission_snapshot_version_key
  ON commission_snapshot (tenant_id, partner_id, campaign_id, version) WHERE campaign_id IS NOT NULL
--
CREATE UNIQUE INDEX commission_snapshot_partner_wide_version_key
  ON commission_snapshot (tenant_id, partner_id, version) WHERE campaign_id IS NULL
--
CREATE INDEX commission_snapshot_by_partner ON commission_snapshot (tenant_id, partner_id, id)
--
CREATE INDEX commission_snapshot_by_campaign ON commission_snapshot (tenant_id, campaign_id)
--
CREATE TABLE partnership_request (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  campaign_id {id} NOT NULL,
  status text NOT NULL,
  message text,
  partner_id {id},
  reason text,
  created_at {time} NOT NULL,
  decided_at {time},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE INDEX partnership_request_by_campaign ON partnership_request (tenant_id, campaign_id)
--
CREATE INDEX partnership_request_by_status ON partnership_request (tenant_id, status, id)
--
CREATE UNIQUE INDEX partnership_request_pending_key
  ON partnership_request (tenant_id, campaign_id, email) WHERE status = 'PENDING'";

const DOWN: &str = "
DROP TABLE partnership_request
--
DROP TABLE commission_snapshot
--
DROP TABLE campaign_member
--
DROP TABLE partner_category_member
--
DROP TABLE partner_transition
--
DROP TABLE partner
--
DROP TABLE campaign
--
DROP TABLE advertiser
--
DROP TABLE partner_category
--
DROP TABLE partner_tier
--
DROP TABLE partner_group
--
DROP TABLE tenant";
