//! Moves of events to other partners: what was requested, from where to where each event was moved, and what became of
//! the rows. All of it is append-only. The event's row holds to whom it is credited now, and since when.
//!
//! Partners that nothing refers to can be deleted. Their status changes, which are append-only, are deleted with them:
//! only those of a partner that is listed in `deleted_partner`, which is append-only itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::make_append_only(manager, "reassignment").await?;
        dialect::make_append_only(manager, "event_move").await?;
        let key = "reassignment_id = NEW.reassignment_id AND position = NEW.position";
        dialect::make_append_only_by(manager, "reassigned_row", key).await?;
        dialect::make_append_only(manager, "deleted_partner").await?;
        dialect::run(
            manager,
            if is_postgres(manager) {
                POSTGRES_LET_GO
            } else {
                SQLITE_LET_GO
            },
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            if is_postgres(manager) {
                POSTGRES_HOLD
            } else {
                SQLITE_HOLD
            },
        )
        .await?;
        dialect::run(manager, DOWN).await
    }
}

fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_connection().get_database_backend() == DbBackend::Postgres
}

const POSTGRES_LET_GO: &str = "
DROP TRIGGER partner_transition_append_only ON partner_transition
--
CREATE TRIGGER partner_transition_append_only BEFORE UPDATE ON partner_transition FOR EACH ROW EXECUTE FUNCTION refuse_change()
--
CREATE FUNCTION refuse_change_of_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM deleted_partner WHERE tenant_id = OLD.tenant_id AND id = OLD.partner_id) THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
--
CREATE TRIGGER partner_transition_no_delete BEFORE DELETE ON partner_transition FOR EACH ROW
EXECUTE FUNCTION refuse_change_of_partner()";

const SQLITE_LET_GO: &str = "
DROP TRIGGER partner_transition_no_delete
--
CREATE TRIGGER partner_transition_no_delete BEFORE DELETE ON partner_transition
WHEN NOT EXISTS (SELECT 1 FROM deleted_partner WHERE tenant_id = OLD.tenant_id AND id = OLD.partner_id)
BEGIN SELECT RAISE(ABORT, 'partner_transition is append-only'); END";

const POSTGRES_HOLD: &str = "
DROP TRIGGER partner_transition_no_delete ON partner_transition
--
DROP FUNCTION refuse_change_of_partner()
--
DROP TRIGGER partner_transition_append_only ON partner_transition
--
CREATE TRIGGER partner_transition_append_only BEFORE UPDATE OR DELETE ON partner_transition FOR EACH ROW
EXECUTE FUNCTION refuse_change()";

const SQLITE_HOLD: &str = "
DROP TRIGGER partner_transition_no_delete
--
CREATE TRIGGER partner_transition_no_delete BEFORE DELETE ON partner_transition
BEGIN SELECT RAISE(ABORT, 'partner_transition is append-only'); END";

const UP: &str = "
ALTER TABLE event ADD COLUMN attributed_at {time}
--
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
CREATE INDEX reassigned_row_by_clawback ON reassigned_row (tenant_id, clawback_id)
--
CREATE TABLE deleted_partner (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  actor text NOT NULL,
  at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE deleted_partner
--
DROP TABLE reassigned_row
--
DROP TABLE event_move
--
DROP TABLE reassignment
--
ALTER TABLE event DROP COLUMN attributed_at";
