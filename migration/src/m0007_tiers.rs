//! Tiered commissions: what they say, what they have counted, and what they did.
//!
//! What a tier did is append-only. Counters are valid only for the version of the tier for which they were counted: a
//! changed tier counts anew, from the events, when it is next looked at. What has fired in a window stays fired. Versions
//! are stored so that a window that is over is shown with the goals that were in force at its end.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::make_append_only(manager, "tier_result").await?;
        dialect::refuse_replacing(manager, "tier_result", "commission_id = NEW.commission_id").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE tiered_commission (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text,
  version integer NOT NULL,
  name text NOT NULL,
  name_key {sorted} NOT NULL,
  notes text,
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
  archived_at {time},
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
--
CREATE UNIQUE INDEX tiered_commission_external_id_key ON tiered_commission (tenant_id, external_id) WHERE archived_at IS NULL
--
CREATE INDEX tiered_commission_by_name ON tiered_commission (tenant_id, name_key, id)
--
CREATE TABLE tiered_commission_reference (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  tier_id {id} NOT NULL,
  partner_id {id},
  campaign_id {id},
  advertiser_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES tiered_commission (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, advertiser_id) REFERENCES advertiser (tenant_id, id)
)
--
CREATE INDEX tiered_commission_reference_by_tier ON tiered_commission_reference (tenant_id, tier_id, partner_id)
--
CREATE INDEX tiered_commission_reference_by_partner ON tiered_commission_reference (tenant_id, partner_id, tier_id)
--
CREATE INDEX tiered_commission_reference_by_campaign ON tiered_commission_reference (tenant_id, campaign_id, tier_id)
--
CREATE INDEX tiered_commission_reference_by_advertiser ON tiered_commission_reference (tenant_id, advertiser_id, tier_id)
--
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
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, tier_id, version),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES tiered_commission (tenant_id, id)
)
--
CREATE TABLE tier_counter (
  tenant_id {id} NOT NULL,
  tier_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  campaign_id {id} NOT NULL,
  window_start {time} NOT NULL,
  window_end {time} NOT NULL,
  version integer NOT NULL,
  conversions bigint NOT NULL,
  events bigint NOT NULL,
  sale_amount_minor bigint NOT NULL,
  payout_minor bigint NOT NULL,
  revenue_minor bigint NOT NULL,
  payout_fired boolean NOT NULL,
  revenue_fired boolean NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, campaign_id, tier_id, window_start, window_end),
  CONSTRAINT tier_counter_bounds CHECK ({sums conversions, events, sale_amount_minor, payout_minor, revenue_minor}),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES tiered_commission (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE INDEX tier_counter_by_tier ON tier_counter (tenant_id, tier_id)
--
CREATE INDEX tier_counter_by_campaign ON tier_counter (tenant_id, campaign_id)
--
CREATE TABLE tier_result (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  tier_id {id} NOT NULL,
  event_id {id} NOT NULL,
  cause_id {id} NOT NULL,
  side text NOT NULL,
  kind text NOT NULL,
  base_minor bigint,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  is_fixed boolean NOT NULL,
  commission_id {id},
  at {time} NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES tiered_commission (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, cause_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
CREATE INDEX tier_result_by_event ON tier_result (tenant_id, event_id, id)
--
CREATE INDEX tier_result_by_cause ON tier_result (tenant_id, cause_id)
--
CREATE INDEX tier_result_by_tier ON tier_result (tenant_id, tier_id)
--
CREATE UNIQUE INDEX tier_result_commission_key ON tier_result (tenant_id, commission_id)";

const DOWN: &str = "
DROP TABLE tier_result
--
DROP TABLE tier_counter
--
DROP TABLE tiered_commission_version
--
DROP TABLE tiered_commission_reference
--
DROP TABLE tiered_commission";
