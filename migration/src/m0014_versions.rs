//! The versions of what determined payments: the terms of campaigns, the rules of groups, and which group was the
//! default one, so that the past can be recomputed with what it was decided with. Decisions name the versions that they
//! were made with.
//!
//! For existing objects the present version is stored. It is known to be in force since its row was last changed.
//! Versions are append-only, even those of deleted objects; each has room for the audit log entry of its change.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
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
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

// No group has an id of all zeros: it stands for none.
const UP: &str = "
ALTER TABLE campaign ADD COLUMN version integer NOT NULL DEFAULT 1
--
ALTER TABLE tiered_commission_version ADD COLUMN audit_entry_id {id}
--
CREATE TABLE campaign_version (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  campaign_id {id} NOT NULL,
  version integer NOT NULL,
  begins_at {time} NOT NULL,
  terms {json} NOT NULL,
  holdback_days integer,
  advertiser_id {id},
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, campaign_id, version)
)
--
INSERT INTO campaign_version (tenant_id, campaign_id, version, begins_at, terms, holdback_days, advertiser_id)
SELECT tenant_id, id, 1, updated_at, terms, holdback_days, advertiser_id FROM campaign
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
INSERT INTO partner_group_version (tenant_id, group_id, version, begins_at, name, currency, rules)
SELECT tenant_id, id, version, updated_at, name, currency, rules FROM partner_group
--
CREATE TABLE default_group_version (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  begins_at {time} NOT NULL,
  group_id {id} NOT NULL,
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, begins_at, group_id)
)
--
INSERT INTO default_group_version (tenant_id, begins_at, group_id)
SELECT tenant_id, updated_at, id FROM partner_group WHERE is_default";

const DOWN: &str = "
DROP TABLE default_group_version
--
DROP TABLE partner_group_version
--
DROP TABLE campaign_version
--
ALTER TABLE tiered_commission_version DROP COLUMN audit_entry_id
--
ALTER TABLE campaign DROP COLUMN version";
