//! What happens: customers and events, to whom events are credited, why they earned what they earned, and what the terms
//! count.
//!
//! An attribution never changes, but for its end: a move ends it and writes another one. It has copies of what its indexes
//! need of the event; those by which events are found contain only attributions in force, but for the one by partner, from
//! which backtests read what was in force in the past. The event names the first of them, by no foreign key, since each is
//! written with the other.
//!
//! Decisions are append-only; the newest ones of an event are in force, one for each of its attributions. An event names the audit log entry of the transaction
//! that wrote it, unless the seed generated it; by no foreign key, which would cost a lookup for each row: `verify` checks
//! it instead.
//!
//! A touch never changes, but that a click of nobody joins the first visitor that names its click id. It can be deleted
//! while no attribution rests on it: old ones are pruned. A visitor is tied to one customer, for good.
//!
//! Sums have bounds: what the database adds up stays within 10^18 minor units, a thousand of the largest amounts. A write
//! that would exceed them is refused, and everything with it.

use sea_orm_migration::prelude::*;

use crate::dialect;
use crate::erasable::Erasable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::keep_audit_entry(manager, "event", "audit_entry_id").await?;
        let changed = dialect::any_changed(CONTENTS);
        dialect::refuse_updates_of(manager, "event", "event_keep_items", CONTENTS, &changed, &[]).await?;
        let joined = "(OLD.visitor_id IS NOT NULL AND NEW.visitor_id IS DISTINCT FROM OLD.visitor_id)";
        let changed = format!("{} OR {joined}", dialect::any_changed(TOUCH));
        let columns: Vec<_> = TOUCH.iter().copied().chain(["visitor_id"]).collect();
        let personal = [
            Erasable::Text("visitor_id"),
            Erasable::Text("external_id"),
            Erasable::Salt,
        ];
        dialect::refuse_updates_of(manager, "touch", "touch_keep", &columns, &changed, &personal).await?;
        dialect::refuse_replacing(manager, "touch", "id = NEW.id").await?;
        dialect::refuse_truncating(manager, "touch").await?;
        let personal = [Erasable::Text("visitor_id"), Erasable::Salt];
        dialect::make_append_only_but_erasable(manager, "visitor", "id = NEW.id", &personal).await?;
        dialect::refuse_replacing(manager, "visitor", "visitor_id = NEW.visitor_id").await?;
        let has_ended = "(OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)";
        dialect::keep_columns(manager, "attribution", ATTRIBUTION, has_ended, &[]).await?;
        let own_key = "event_id = NEW.event_id AND number = NEW.number AND place = NEW.place";
        let personal = [Erasable::Text("detail")];
        dialect::make_append_only_but_erasable(manager, "event_decision", own_key, &personal).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

/// What was in an event and where it happened, by which its rows were earned and are taken back.
const CONTENTS: &[&str] = &["items", "country"];

/// The columns of a touch that never change; its visitor may become known.
const TOUCH: &[&str] = &[
    "tenant_id",
    "id",
    "kind",
    "partner_id",
    "campaign_id",
    "link_id",
    "coupon_id",
    "link_disabled",
    "customer_id",
    "external_id",
    "click_id",
    "time_stated",
    "occurred_at",
    "recorded_at",
    "salt",
];

/// The columns of an attribution that never change.
const ATTRIBUTION: &[&str] = &[
    "tenant_id",
    "id",
    "event_id",
    "partner_id",
    "campaign_id",
    "via",
    "coupon_id",
    "link_id",
    "touch_id",
    "touched_at",
    "model",
    "weight_numerator",
    "weight_denominator",
    "share_minor",
    "revenue_share_minor",
    "sequence",
    "moved_at",
    "customer_id",
    "kind",
    "type",
    "base",
    "qualifying",
    "has_amount",
    "occurred_at",
    "recorded_at",
];

// Most events happen shortly before they are recorded, so that the index by the time at which they happened grows at its
// end.
const UP: &str = "
CREATE TABLE customer (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text NOT NULL,
  external_id_key {sorted} NOT NULL,
  acquired_at {time} NOT NULL,
  partner_id {id},
  campaign_id {id},
  imported_at {time},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
)
--
CREATE UNIQUE INDEX customer_external_id_key ON customer (tenant_id, external_id)
--
CREATE INDEX customer_by_partner ON customer (tenant_id, partner_id, id)
--
CREATE INDEX customer_by_campaign ON customer (tenant_id, campaign_id, id)
--
CREATE INDEX customer_by_acquisition ON customer (tenant_id, acquired_at, id)
--
CREATE TABLE event (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  external_id text NOT NULL,
  content {bytes} NOT NULL,
  salt {bytes} NOT NULL,
  kind text NOT NULL,
  type text,
  base boolean NOT NULL,
  amount_minor bigint,
  currency text,
  revenue_minor bigint,
  revenue_currency text,
  occurred_at {time} NOT NULL,
  recorded_at {time} NOT NULL,
  customer_id {id},
  primary_attribution_id {id},
  original_id {id},
  metadata {json},
  items {json},
  country text,
  refunded_minor bigint NOT NULL,
  wholly_refunded boolean NOT NULL,
  refunded_items {json},
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
  FOREIGN KEY (tenant_id, original_id) REFERENCES event (tenant_id, id)
)
--
CREATE UNIQUE INDEX event_external_id_key ON event (tenant_id, external_id)
--
CREATE INDEX event_by_customer ON event (tenant_id, customer_id, id)
--
CREATE INDEX event_by_original ON event (tenant_id, original_id, id) WHERE original_id IS NOT NULL
--
CREATE INDEX event_by_time ON event (tenant_id, occurred_at, id)
--
CREATE INDEX event_of_nobody ON event (tenant_id, id) WHERE primary_attribution_id IS NULL
--
CREATE TABLE touch (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  kind text NOT NULL,
  partner_id {id} NOT NULL,
  campaign_id {id} NOT NULL,
  link_id {id},
  coupon_id {id},
  link_disabled boolean NOT NULL,
  visitor_id text,
  customer_id {id},
  external_id text,
  click_id text,
  time_stated boolean NOT NULL,
  occurred_at {time} NOT NULL,
  recorded_at {time} NOT NULL,
  salt {bytes} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, link_id) REFERENCES link (tenant_id, id),
  FOREIGN KEY (tenant_id, coupon_id) REFERENCES coupon (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
)
--
CREATE UNIQUE INDEX touch_external_id_key ON touch (tenant_id, external_id) WHERE external_id IS NOT NULL
--
CREATE UNIQUE INDEX touch_click_id_key ON touch (tenant_id, click_id) WHERE click_id IS NOT NULL
--
CREATE INDEX touch_by_visitor ON touch (tenant_id, visitor_id, occurred_at, id) WHERE visitor_id IS NOT NULL
--
CREATE INDEX touch_by_customer ON touch (tenant_id, customer_id, occurred_at, id) WHERE customer_id IS NOT NULL
--
CREATE INDEX touch_by_partner ON touch (tenant_id, partner_id, id)
--
CREATE INDEX touch_by_campaign ON touch (tenant_id, campaign_id, id)
--
CREATE INDEX touch_by_link ON touch (tenant_id, link_id, id) WHERE link_id IS NOT NULL
--
CREATE INDEX touch_by_coupon ON touch (tenant_id, coupon_id, id) WHERE coupon_id IS NOT NULL
--
CREATE INDEX touch_by_time ON touch (tenant_id, occurred_at, id)
--
CREATE TABLE visitor (
  tenant_id {id} NOT NULL REFERENCES tenant (id),
  id {id} NOT NULL,
  visitor_id text,
  customer_id {id} NOT NULL,
  tied_at {time} NOT NULL,
  salt {bytes} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
)
--
CREATE UNIQUE INDEX visitor_key ON visitor (tenant_id, visitor_id)
--
CREATE INDEX visitor_by_customer ON visitor (tenant_id, customer_id, id)
--
CREATE TABLE attribution (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  event_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  campaign_id {id},
  via text NOT NULL,
  coupon_id {id},
  link_id {id},
  touch_id {id},
  touched_at {time},
  model text,
  weight_numerator bigint NOT NULL,
  weight_denominator bigint NOT NULL,
  share_minor bigint,
  revenue_share_minor bigint,
  sequence bigint NOT NULL,
  moved_at {time},
  ended_at {time},
  customer_id {id},
  kind text NOT NULL,
  type text,
  base boolean NOT NULL,
  qualifying boolean NOT NULL,
  has_amount boolean NOT NULL,
  occurred_at {time} NOT NULL,
  recorded_at {time} NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, coupon_id) REFERENCES coupon (tenant_id, id),
  FOREIGN KEY (tenant_id, link_id) REFERENCES link (tenant_id, id),
  FOREIGN KEY (tenant_id, touch_id) REFERENCES touch (tenant_id, id)
)
--
CREATE INDEX attribution_by_coupon ON attribution (tenant_id, coupon_id, event_id) WHERE coupon_id IS NOT NULL
--
CREATE INDEX attribution_by_link ON attribution (tenant_id, link_id, event_id) WHERE link_id IS NOT NULL
--
CREATE INDEX attribution_by_touch ON attribution (tenant_id, touch_id) WHERE touch_id IS NOT NULL
--
CREATE INDEX attribution_by_partner ON attribution (tenant_id, partner_id, event_id, ended_at)
--
CREATE INDEX attribution_by_campaign ON attribution (tenant_id, campaign_id, event_id) WHERE ended_at IS NULL
--
CREATE INDEX attribution_first_of_type ON attribution (tenant_id, partner_id, customer_id, type, event_id) WHERE ended_at IS NULL
--
CREATE INDEX attribution_by_window ON attribution (tenant_id, partner_id, campaign_id, occurred_at) WHERE ended_at IS NULL
--
CREATE TABLE event_decision (
  tenant_id {id} NOT NULL,
  event_id {id} NOT NULL,
  number integer NOT NULL,
  place integer NOT NULL,
  attribution_id {id},
  reason text,
  detail text,
  components {json} NOT NULL,
  made_with {json} NOT NULL,
  decided_at {time} NOT NULL,
  recorded_at {time} NOT NULL,
  partner_id {id},
  campaign_id {id},
  amount_minor bigint,
  currency text,
  PRIMARY KEY (tenant_id, event_id, number, place),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id)
)
--
CREATE INDEX event_decision_by_reason ON event_decision (tenant_id, reason, event_id)
--
CREATE INDEX event_decision_by_time ON event_decision (tenant_id, recorded_at)
--
CREATE TABLE partner_customer (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  customer_id {id} NOT NULL,
  paid_charges bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, customer_id),
  CONSTRAINT partner_customer_bounds CHECK ({sums paid_charges}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)
)
--
CREATE TABLE partner_standing (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  qualified_customers bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id),
  CONSTRAINT partner_standing_bounds CHECK ({sums qualified_customers}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)
--
CREATE TABLE partner_lifetime_value (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, currency),
  CONSTRAINT partner_lifetime_value_bounds CHECK ({sums amount_minor}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE partner_lifetime_value
--
DROP TABLE partner_standing
--
DROP TABLE partner_customer
--
DROP TABLE event_decision
--
DROP TABLE attribution
--
DROP TABLE visitor
--
DROP TABLE touch
--
DROP TABLE event
--
DROP TABLE customer";
