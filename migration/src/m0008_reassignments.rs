//! Moves of events to other partners: what was requested, from where to where each event was moved, and what became of the
//! rows. All of it is append-only. A move ends the event's attribution and writes a new one. It is a step in the histories of
//! both partners: `from_sequence` and `sequence` are its numbers there.

use sea_orm_migration::prelude::*;

use crate::dialect;
use crate::erasable::Erasable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let personal = [Erasable::Text("reason"), Erasable::Text("actor"), Erasable::Salt];
        dialect::make_append_only_but_erasable(manager, "reassignment", "id = NEW.id", &personal).await?;
        dialect::make_append_only(manager, "event_move").await?;
        let key = "reassignment_id = NEW.reassignment_id AND position = NEW.position";
        dialect::make_append_only_by(manager, "reassigned_row", key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

const UP: &str = "
CREATE TABLE reassignment (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  customer_id {id},
  event_id {id},
  from_partner_id {id},
  partner_id {id},
  campaign_id {id},
  since {time},
  claw_back_paid boolean NOT NULL,
  reason text NOT NULL,
  actor text NOT NULL,
  at {time} NOT NULL,
  remaining bigint NOT NULL,
  from_sequence bigint,
  sequence bigint,
  salt {bytes} NOT NULL,
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, from_partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE INDEX reassignment_by_customer ON reassignment (tenant_id, customer_id, id)
--
CREATE INDEX reassignment_by_event ON reassignment (tenant_id, event_id)
--
CREATE INDEX reassignment_by_from ON reassignment (tenant_id, from_partner_id)
--
CREATE INDEX reassignment_by_partner ON reassignment (tenant_id, partner_id)
--
CREATE INDEX reassignment_by_campaign ON reassignment (tenant_id, campaign_id)
--
CREATE TABLE event_move (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  event_id {id} NOT NULL,
  reassignment_id {id} NOT NULL,
  from_attribution_id {id},
  from_partner_id {id},
  from_campaign_id {id},
  attribution_id {id},
  partner_id {id},
  campaign_id {id},
  at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, reassignment_id) REFERENCES reassignment (tenant_id, id),
  FOREIGN KEY (tenant_id, from_partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, from_campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE INDEX event_move_by_event ON event_move (tenant_id, event_id, id)
--
CREATE INDEX event_move_by_reassignment ON event_move (tenant_id, reassignment_id)
--
CREATE INDEX event_move_by_from ON event_move (tenant_id, from_partner_id)
--
CREATE INDEX event_move_by_partner ON event_move (tenant_id, partner_id)
--
CREATE INDEX event_move_by_from_campaign ON event_move (tenant_id, from_campaign_id)
--
CREATE INDEX event_move_by_campaign ON event_move (tenant_id, campaign_id)
--
CREATE TABLE reassigned_row (
  tenant_id {id} NOT NULL,
  reassignment_id {id} NOT NULL,
  position integer NOT NULL,
  event_id {id} NOT NULL,
  place integer NOT NULL,
  term integer,
  outcome text NOT NULL,
  before_id {id},
  commission_id {id},
  clawback_id {id},
  from_sequence bigint,
  sequence bigint,
  PRIMARY KEY (tenant_id, reassignment_id, position),
  FOREIGN KEY (tenant_id, reassignment_id) REFERENCES reassignment (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, before_id) REFERENCES commission (tenant_id, id),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id),
  FOREIGN KEY (tenant_id, clawback_id) REFERENCES commission (tenant_id, id)
)
--
CREATE INDEX reassigned_row_by_event ON reassigned_row (tenant_id, event_id)
--
CREATE INDEX reassigned_row_by_before ON reassigned_row (tenant_id, before_id)
--
CREATE INDEX reassigned_row_by_commission ON reassigned_row (tenant_id, commission_id)
--
CREATE INDEX reassigned_row_by_clawback ON reassigned_row (tenant_id, clawback_id)";

const DOWN: &str = "
DROP TABLE reassigned_row
--
DROP TABLE event_move
--
DROP TABLE reassignment";
