//! Why events earned what they earned. Append-only; the newest decision of an event is in force.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let own_key = "event_id = NEW.event_id AND number = NEW.number";
        dialect::make_append_only_by(manager, "event_decision", own_key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
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
CREATE INDEX event_decision_by_time ON event_decision (tenant_id, recorded_at)";

const DOWN: &str = "DROP TABLE event_decision";
