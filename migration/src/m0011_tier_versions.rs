//! The versions of tiered commissions: a window that is over is shown with the goals that were in force at its end. For
//! existing tiers the present version is stored, which began with their last change.

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
CREATE TABLE tiered_commission_version (
  tenant_id {id} NOT NULL,
  tier_id {id} NOT NULL,
  version integer NOT NULL,
  begins_at {time} NOT NULL,
  name text NOT NULL,
  status text NOT NULL,
  start_date text NOT NULL,
  end_date text NOT NULL,
  period text NOT NULL,
  crossing_policy text NOT NULL,
  currency text NOT NULL,
  event_type text,
  apply_to_all_partners boolean NOT NULL,
  partner_ids {json} NOT NULL,
  campaign_ids {json} NOT NULL,
  advertiser_ids {json} NOT NULL,
  goals {json} NOT NULL,
  modifiers {json} NOT NULL,
  PRIMARY KEY (tenant_id, tier_id, version),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES tiered_commission (tenant_id, id)
)
--
INSERT INTO tiered_commission_version (tenant_id, tier_id, version, begins_at, name, status, start_date, end_date, period,
  crossing_policy, currency, event_type, apply_to_all_partners, partner_ids, campaign_ids, advertiser_ids, goals, modifiers)
SELECT tenant_id, id, version, updated_at, name, status, start_date, end_date, period, crossing_policy, currency, event_type,
  apply_to_all_partners, partner_ids, campaign_ids, advertiser_ids, goals, modifiers FROM tiered_commission";

const DOWN: &str = "DROP TABLE tiered_commission_version";
