//! The programme: tenants, groups and labels of partners, advertisers and campaigns, and the versions of what determined
//! payments.
//!
//! Every table but `tenant` starts its primary key with `tenant_id`, and foreign keys carry it too: the database itself
//! refuses a link from one tenant's row to another's.
//!
//! Versions are append-only, even those of deleted objects. Decisions name the versions that they were made with, so that
//! the past can be recomputed. Each has room for the audit log entry of its change.

use sea_orm_migration::prelude::*;

use crate::dialect;
use crate::erasable::Erasable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::create_refusal(manager).await?;
        dialect::run(manager, UP).await?;
        for (table, key) in [
            (
                "campaign_version",
                "campaign_id = NEW.campaign_id AND version = NEW.version",
            ),
            (
                "partner_group_version",
                "group_id = NEW.group_id AND version = NEW.version",
            ),
            (
                "default_group_version",
                "begins_at = NEW.begins_at AND group_id = NEW.group_id",
            ),
        ] {
            dialect::make_append_only_by(manager, table, key).await?;
        }
        let personal = [Erasable::Text("requested_by"), Erasable::Text("reason")];
        dialect::keep_columns(manager, "erasure", ERASURE, "OLD.finished_at IS NOT NULL", &personal).await?;
        let key = "(number = NEW.number OR never = NEW.never)";
        dialect::refuse_replacing(manager, "erasure", key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await?;
        dialect::drop_refusal(manager).await
    }
}

/// The columns of an erasure that never change.
const ERASURE: &[&str] = &[
    "tenant_id",
    "id",
    "number",
    "subject",
    "subject_id",
    "requested_by",
    "reason",
    "forced",
    "requested_at",
    "audit_entry_id",
];

// A row of `erasure` can be committed only with `under_way` null: it refers to `never`, which is always null. So what the
// triggers of other tables see of it is the transaction's own ([`crate::erasable`]).
//
// In `default_group_version`, a group of all zeros stands for none.
const UP: &str = "
CREATE TABLE tenant (
  id {id} NOT NULL PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  base_currency text NOT NULL,
  time_zone text NOT NULL,
  minimum_payouts {json} NOT NULL,
  tracking_origins {json} NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
)
--
CREATE TABLE partner_group (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name {sorted} NOT NULL,
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
CREATE INDEX partner_group_by_name ON partner_group (tenant_id, LOWER(name), id)
--
CREATE TABLE partner_group_version (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  group_id {id} NOT NULL,
  version integer NOT NULL,
  begins_at {time} NOT NULL,
  name text NOT NULL,
  currency text,
  rules {json} NOT NULL,
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, group_id, version)
)
--
CREATE TABLE default_group_version (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  begins_at {time} NOT NULL,
  group_id {id} NOT NULL,
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, begins_at, group_id)
)
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
  version integer NOT NULL,
  status text NOT NULL,
  terms {json} NOT NULL,
  holdback_days integer,
  starts_at {time},
  ends_at {time},
  advertiser_id {id},
  destination_url text,
  link_hosts {json} NOT NULL,
  attribution {json} NOT NULL,
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
CREATE INDEX campaign_by_name ON campaign (tenant_id, name_key, id)
--
CREATE INDEX campaign_by_start ON campaign (tenant_id, COALESCE(starts_at, created_at), id)
--
CREATE TABLE campaign_version (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  campaign_id {id} NOT NULL,
  version integer NOT NULL,
  begins_at {time} NOT NULL,
  terms {json} NOT NULL,
  holdback_days integer,
  advertiser_id {id},
  attribution {json} NOT NULL,
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, campaign_id, version)
)
--
CREATE TABLE erasure (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  number integer NOT NULL,
  subject text NOT NULL,
  subject_id {id},
  subject_name text,
  requested_by text NOT NULL,
  reason text,
  forced boolean NOT NULL,
  requested_at {time} NOT NULL,
  finished_at {time},
  step integer NOT NULL,
  after_id {id},
  changed_rows integer NOT NULL,
  audit_entry_id {id},
  under_way bigint,
  never bigint CHECK (never IS NULL),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT erasure_never_key UNIQUE (tenant_id, never),
  FOREIGN KEY (tenant_id, under_way) REFERENCES erasure (tenant_id, never) DEFERRABLE INITIALLY DEFERRED
)
--
CREATE UNIQUE INDEX erasure_number_key ON erasure (tenant_id, number)
--
CREATE INDEX erasure_unfinished ON erasure (requested_at, tenant_id, id) WHERE finished_at IS NULL";

const DOWN: &str = "
DROP TABLE erasure
--
DROP TABLE campaign_version
--
DROP TABLE campaign
--
DROP TABLE advertiser
--
DROP TABLE partner_category
--
DROP TABLE partner_tier
--
DROP TABLE default_group_version
--
DROP TABLE partner_group_version
--
DROP TABLE partner_group
--
DROP TABLE tenant";
