//! Backtests and their results: sums by campaign and month that are added to as partners are finished, one row per
//! partner and currency, and the events whose sides differ. Nothing of the ledger is touched.

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

// Sums are checked as they are added to, since SQLite would continue in binary floating point beyond 64 bits.
const UP: &str = "
CREATE TABLE backtest (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text,
  status text NOT NULL,
  range_from {time} NOT NULL,
  range_to {time} NOT NULL,
  proposal {json} NOT NULL,
  checked {json} NOT NULL,
  campaign_id {id},
  group_id {id},
  tier_id {id},
  created_at {time} NOT NULL,
  created_by text NOT NULL,
  started_at {time},
  finished_at {time},
  events bigint NOT NULL,
  of_events bigint NOT NULL,
  failure text,
  incomplete_history boolean NOT NULL,
  after_partner {id},
  holder {id},
  held_until {time},
  PRIMARY KEY (tenant_id, id)
)
--
CREATE INDEX backtest_open ON backtest (status, held_until) WHERE status IN ('QUEUED', 'RUNNING')
--
CREATE INDEX backtest_finished ON backtest (finished_at) WHERE finished_at IS NOT NULL
--
CREATE TABLE backtest_sum (
  tenant_id {id} NOT NULL,
  backtest_id {id} NOT NULL,
  dimension text NOT NULL,
  currency text NOT NULL,
  campaign_id {id} NOT NULL,
  month_start {time} NOT NULL,
  actual_minor bigint NOT NULL,
  proposed_minor bigint NOT NULL,
  appeared bigint NOT NULL,
  disappeared bigint NOT NULL,
  rose bigint NOT NULL,
  fell bigint NOT NULL,
  unchanged bigint NOT NULL,
  PRIMARY KEY (tenant_id, backtest_id, dimension, currency, campaign_id, month_start),
  CONSTRAINT backtest_sum_bounds CHECK (actual_minor BETWEEN -4000000000000000000 AND 4000000000000000000
    AND proposed_minor BETWEEN -4000000000000000000 AND 4000000000000000000),
  FOREIGN KEY (tenant_id, backtest_id) REFERENCES backtest (tenant_id, id)
)
--
CREATE TABLE backtest_partner (
  tenant_id {id} NOT NULL,
  backtest_id {id} NOT NULL,
  currency text NOT NULL,
  partner_id {id} NOT NULL,
  actual_minor bigint NOT NULL,
  proposed_minor bigint NOT NULL,
  difference_minor bigint NOT NULL,
  magnitude_minor bigint NOT NULL,
  appeared bigint NOT NULL,
  disappeared bigint NOT NULL,
  rose bigint NOT NULL,
  fell bigint NOT NULL,
  unchanged bigint NOT NULL,
  PRIMARY KEY (tenant_id, backtest_id, currency, partner_id),
  FOREIGN KEY (tenant_id, backtest_id) REFERENCES backtest (tenant_id, id)
)
--
CREATE INDEX backtest_partner_by_difference ON backtest_partner (tenant_id, backtest_id, currency, difference_minor, partner_id)
--
CREATE INDEX backtest_partner_by_magnitude ON backtest_partner (tenant_id, backtest_id, currency, magnitude_minor, partner_id)
--
CREATE TABLE backtest_event (
  tenant_id {id} NOT NULL,
  backtest_id {id} NOT NULL,
  event_id {id} NOT NULL,
  proposed {json} NOT NULL,
  PRIMARY KEY (tenant_id, backtest_id, event_id),
  FOREIGN KEY (tenant_id, backtest_id) REFERENCES backtest (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE backtest_event
--
DROP TABLE backtest_partner
--
DROP TABLE backtest_sum
--
DROP TABLE backtest";
