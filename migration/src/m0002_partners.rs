//! Partners: what they are members of, what they were promised (snapshots), requests to join, and their coupons and links.
//!
//! A partner's history has an order: every step (an event, a change of a row's status or of the partner's, a snapshot, a
//! payout and its settlement, the assignment of a recipient, a payment of a deal) gets the next number of its partner,
//! under the partner's lock, and every row that the step wrote for ever has that number (`sequence`). Clocks of replicas
//! disagree and step back; numbers do not. `partner.history_sequence` and `history_at` are the number and the time of the
//! last step.
//!
//! Partners that nothing refers to can be deleted. Their status changes, which are append-only, are deleted with them: only
//! those of a partner that is listed in `deleted_partner`, which is append-only itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;
use crate::erasable::{self, Erasable};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let by_id = "id = NEW.id";
        let actor = [Erasable::Text("actor")];
        dialect::make_append_only_but_erasable(manager, "deleted_partner", by_id, &actor).await?;
        let reason = [Erasable::Text("reason"), Erasable::Salt];
        dialect::make_append_only_but_erasable(manager, "commission_snapshot", by_id, &reason).await?;
        let key = "partner_id = NEW.partner_id AND campaign_id IS NEW.campaign_id AND version = NEW.version";
        dialect::refuse_replacing(manager, "commission_snapshot", key).await?;
        let personal = [Erasable::Text("actor"), Erasable::Text("reason"), Erasable::Salt];
        let sql = match manager.get_connection().get_database_backend() {
            DbBackend::Postgres => POSTGRES_TRANSITIONS.replace("{refuse}", &erasable::refusal(&personal)),
            _ => {
                let allowed = erasable::allowed(manager, "partner_transition", &personal).await?;
                SQLITE_TRANSITIONS.replace("{allowed}", &allowed)
            }
        };
        dialect::run(manager, &sql).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await?;
        dialect::run(manager, "{postgres DROP FUNCTION refuse_change_of_partner()}").await
    }
}

// Append-only, but for those of deleted partners.
const POSTGRES_TRANSITIONS: &str = "
CREATE FUNCTION refuse_change_of_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM deleted_partner WHERE tenant_id = OLD.tenant_id AND id = OLD.partner_id) THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
--
CREATE TRIGGER partner_transition_append_only BEFORE UPDATE ON partner_transition FOR EACH ROW EXECUTE FUNCTION {refuse}
--
CREATE TRIGGER partner_transition_no_delete BEFORE DELETE ON partner_transition FOR EACH ROW
EXECUTE FUNCTION refuse_change_of_partner()
--
CREATE TRIGGER partner_transition_no_truncate BEFORE TRUNCATE ON partner_transition FOR EACH STATEMENT
EXECUTE FUNCTION refuse_change()";

const SQLITE_TRANSITIONS: &str = "
CREATE TRIGGER partner_transition_no_update BEFORE UPDATE ON partner_transition WHEN NOT ({allowed})
BEGIN SELECT RAISE(ABORT, 'partner_transition is append-only'); END
--
CREATE TRIGGER partner_transition_no_delete BEFORE DELETE ON partner_transition
WHEN NOT EXISTS (SELECT 1 FROM deleted_partner WHERE tenant_id = OLD.tenant_id AND id = OLD.partner_id)
BEGIN SELECT RAISE(ABORT, 'partner_transition is append-only'); END
--
CREATE TRIGGER partner_transition_no_replace BEFORE INSERT ON partner_transition
WHEN EXISTS (SELECT 1 FROM partner_transition WHERE tenant_id = NEW.tenant_id AND id = NEW.id OR rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'partner_transition is append-only'); END";

// The partner's row is written at every step of its history: with room on its page, no index has to be.
const UP: &str = "
CREATE TABLE partner (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  name text NOT NULL,
  name_key {sorted} NOT NULL,
  email text NOT NULL,
  email_key {sorted} NOT NULL,
  external_id text,
  external_id_key {sorted},
  type text NOT NULL,
  status text NOT NULL,
  tags {json} NOT NULL,
  metadata {json},
  group_id {id},
  tier_id {id},
  payout_currency text,
  payout_reference text,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  activated_at {time},
  revoked_at {time},
  tokens_valid_from {time} NOT NULL,
  history_sequence bigint NOT NULL DEFAULT 0,
  history_at {time},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, group_id) REFERENCES partner_group (tenant_id, id),
  FOREIGN KEY (tenant_id, tier_id) REFERENCES partner_tier (tenant_id, id)
){postgres  WITH (fillfactor = 80)}
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
CREATE TABLE deleted_partner (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  actor text NOT NULL,
  at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id)
)
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
  sequence bigint NOT NULL,
  salt {bytes} NOT NULL,
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
  sequence bigint NOT NULL,
  salt {bytes} NOT NULL,
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
  ON partnership_request (tenant_id, campaign_id, email) WHERE status = 'PENDING'
--
CREATE TABLE coupon (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  partner_id {id} NOT NULL,
  campaign_id {id} NOT NULL,
  code text NOT NULL,
  code_key {sorted} NOT NULL,
  status text NOT NULL,
  starts_at {time},
  ends_at {time},
  customer_benefit text,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE UNIQUE INDEX coupon_code_key ON coupon (tenant_id, code_key)
--
CREATE INDEX coupon_by_partner ON coupon (tenant_id, partner_id, id)
--
CREATE INDEX coupon_by_campaign ON coupon (tenant_id, campaign_id, id)
--
CREATE TABLE link (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  partner_id {id} NOT NULL,
  campaign_id {id} NOT NULL,
  key {sorted} NOT NULL,
  destination_url text,
  external_id text,
  external_id_key {sorted},
  status text NOT NULL,
  disabled_at {time},
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE UNIQUE INDEX link_key ON link (tenant_id, key)
--
CREATE UNIQUE INDEX link_external_id_key ON link (tenant_id, external_id)
--
CREATE INDEX link_by_partner ON link (tenant_id, partner_id, id)
--
CREATE INDEX link_by_campaign ON link (tenant_id, campaign_id, id)
--
CREATE TABLE link_day (
  tenant_id {id} NOT NULL,
  link_id {id} NOT NULL,
  day text NOT NULL,
  clicks bigint NOT NULL,
  PRIMARY KEY (tenant_id, link_id, day),
  CONSTRAINT link_day_bounds CHECK ({sums clicks}),
  FOREIGN KEY (tenant_id, link_id) REFERENCES link (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE link_day
--
DROP TABLE link
--
DROP TABLE coupon
--
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
DROP TABLE deleted_partner
--
DROP TABLE partner";
