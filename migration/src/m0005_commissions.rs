//! The ledger: commissions, the changes of their status, which payouts they were put into, and balances.
//!
//! Triggers refuse any change of what a commission says (amount, to whom, for what, since when); its status, the times of
//! its status, its payout and, once, its recipient may change. Transitions and payout items are append-only.

use sea_orm_migration::prelude::*;

use crate::dialect;
use crate::erasable::Erasable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let personal = [Erasable::Text("actor"), Erasable::Text("reason"), Erasable::Salt];
        dialect::make_append_only_but_erasable(manager, "commission_transition", "id = NEW.id", &personal).await?;
        dialect::make_append_only(manager, "payout_item").await?;
        let key = "payout_id = NEW.payout_id AND commission_id = NEW.commission_id";
        dialect::refuse_replacing(manager, "payout_item", key).await?;
        dialect::keep_columns(
            manager,
            "commission",
            KEPT,
            "(OLD.recipient IS NOT NULL AND NEW.recipient IS DISTINCT FROM OLD.recipient)
             OR (OLD.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt)",
            &PERSONAL,
        )
        .await?;
        let key = "(external_id = NEW.external_id OR returned_payout_id = NEW.returned_payout_id)";
        dialect::refuse_replacing(manager, "commission", key).await?;
        let entered = dialect::any_changed(ENTERED);
        dialect::refuse_updates_of(
            manager,
            "commission",
            "commission_keep_entered",
            ENTERED,
            &entered,
            &PERSONAL,
        )
        .await?;
        dialect::refuse_updates_of(
            manager,
            "commission",
            "commission_keep_assignment",
            &["recipient", "recipient_assigned_at", "recipient_assigned_sequence"],
            "(OLD.recipient IS NOT NULL AND (NEW.recipient_assigned_at IS DISTINCT FROM OLD.recipient_assigned_at
               OR NEW.recipient_assigned_sequence IS DISTINCT FROM OLD.recipient_assigned_sequence))
             OR (NEW.recipient IS NULL AND NEW.recipient_assigned_at IS NOT NULL)
             OR (NEW.recipient_assigned_at IS NULL) <> (NEW.recipient_assigned_sequence IS NULL)",
            &[],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}

/// The columns whose values an erasure may replace.
const PERSONAL: [Erasable<'static>; 5] = [
    Erasable::Text("recipient"),
    Erasable::Text("external_id"),
    Erasable::Text("reason"),
    Erasable::Text("note"),
    Erasable::Salt,
];

/// The columns of a commission that never change.
const KEPT: &[&str] = &[
    "tenant_id",
    "id",
    "kind",
    "amount_minor",
    "currency",
    "payment_target",
    "partner_id",
    "campaign_id",
    "event_id",
    "attribution_id",
    "snapshot_id",
    "adjusts_id",
    "basis",
    "sight",
    "holdback_days",
    "accrued_at",
    "mature_at",
    "returned_payout_id",
    "explanation",
];

/// The details given for a row that was entered manually or imported, which never change either.
const ENTERED: &[&str] = &[
    "external_id",
    "reason",
    "note",
    "entered_content",
    "source_accrued_at",
    "source_approved_at",
    "source_paid_at",
];

// Recording an event writes rows that accrue. Indexes of what is approved, paid, reversed or assigned contain none of
// these. The index by time contains what reports mostly sum: with it, a report of everything that a tenant ever earned
// reads a tenth of the pages of the table, whose rows are mostly explanation.
const UP: &str = "
CREATE TABLE commission (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  payment_target text NOT NULL,
  recipient text,
  recipient_assigned_at {time},
  recipient_assigned_sequence bigint,
  partner_id {id} NOT NULL,
  campaign_id {id},
  event_id {id},
  attribution_id {id},
  snapshot_id {id},
  adjusts_id {id},
  basis text,
  sight text,
  holdback_days integer,
  accrued_at {time} NOT NULL,
  mature_at {time},
  approved_at {time},
  paid_at {time},
  reversed_at {time},
  payout_id {id},
  returned_payout_id {id},
  explanation {json} NOT NULL,
  external_id text,
  reason text,
  note text,
  entered_content {bytes},
  salt {bytes},
  source_accrued_at {time},
  source_approved_at {time},
  source_paid_at {time},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id),
  FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
  FOREIGN KEY (tenant_id, event_id) REFERENCES event (tenant_id, id),
  FOREIGN KEY (tenant_id, attribution_id) REFERENCES attribution (tenant_id, id),
  FOREIGN KEY (tenant_id, snapshot_id) REFERENCES commission_snapshot (tenant_id, id),
  FOREIGN KEY (tenant_id, adjusts_id) REFERENCES commission (tenant_id, id),
  FOREIGN KEY (tenant_id, payout_id) REFERENCES payout (tenant_id, id),
  FOREIGN KEY (tenant_id, returned_payout_id) REFERENCES payout (tenant_id, id)
)
--
CREATE INDEX commission_by_time ON commission (tenant_id, accrued_at, id){postgres  INCLUDE (campaign_id, currency, amount_minor)}
--
CREATE INDEX commission_by_partner ON commission (tenant_id, partner_id, accrued_at, id)
--
CREATE INDEX commission_by_campaign ON commission (tenant_id, campaign_id, accrued_at, id)
--
CREATE INDEX commission_by_status ON commission (tenant_id, status, accrued_at, id)
--
CREATE INDEX commission_by_amount ON commission (tenant_id, currency, amount_minor, id)
--
CREATE INDEX commission_by_event ON commission (tenant_id, event_id, accrued_at, id)
--
CREATE INDEX commission_by_adjusted ON commission (tenant_id, adjusts_id, accrued_at, id) WHERE adjusts_id IS NOT NULL
--
CREATE INDEX commission_maturing ON commission (mature_at, tenant_id, partner_id) WHERE status = 'ACCRUED' AND mature_at IS NOT NULL
--
CREATE INDEX commission_payable ON commission (tenant_id, partner_id, currency) WHERE status = 'APPROVED' AND payout_id IS NULL
--
CREATE INDEX commission_by_approved ON commission (tenant_id, approved_at, id) WHERE approved_at IS NOT NULL
--
CREATE INDEX commission_by_paid ON commission (tenant_id, COALESCE(source_paid_at, paid_at), id) WHERE paid_at IS NOT NULL
--
CREATE UNIQUE INDEX commission_returned_key ON commission (tenant_id, returned_payout_id) WHERE returned_payout_id IS NOT NULL
--
CREATE INDEX commission_by_return ON commission (tenant_id, accrued_at, id) WHERE returned_payout_id IS NOT NULL
--
CREATE INDEX commission_unassigned ON commission (tenant_id, payment_target, mature_at)
  WHERE status = 'ACCRUED' AND payment_target = 'INDIVIDUAL' AND recipient IS NULL
--
CREATE INDEX commission_paid_of_partner ON commission (tenant_id, partner_id, paid_at, id) WHERE paid_at IS NOT NULL
--
CREATE INDEX commission_reversed_of_partner ON commission (tenant_id, partner_id, reversed_at, id) WHERE reversed_at IS NOT NULL
--
CREATE INDEX commission_of_recipient ON commission (tenant_id, partner_id, recipient, accrued_at) WHERE recipient IS NOT NULL
--
CREATE UNIQUE INDEX commission_external_id_key ON commission (tenant_id, external_id) WHERE external_id IS NOT NULL
--
CREATE TABLE commission_transition (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  commission_id {id} NOT NULL,
  from_status text,
  to_status text NOT NULL,
  actor text NOT NULL,
  reason text,
  at {time} NOT NULL,
  sequence bigint NOT NULL,
  salt {bytes} NOT NULL,
  audit_entry_id {id},
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
CREATE INDEX commission_transition_by_commission ON commission_transition (tenant_id, commission_id, id)
--
CREATE TABLE payout_item (
  tenant_id {id} NOT NULL,
  id {id} NOT NULL,
  payout_id {id} NOT NULL,
  commission_id {id} NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, payout_id) REFERENCES payout (tenant_id, id),
  FOREIGN KEY (tenant_id, commission_id) REFERENCES commission (tenant_id, id)
)
--
CREATE UNIQUE INDEX payout_item_key ON payout_item (tenant_id, payout_id, commission_id)
--
CREATE TABLE partner_balance (
  tenant_id {id} NOT NULL,
  partner_id {id} NOT NULL,
  currency text NOT NULL,
  accrued_minor bigint NOT NULL,
  approved_minor bigint NOT NULL,
  paid_minor bigint NOT NULL,
  reversed_minor bigint NOT NULL,
  reserved_minor bigint NOT NULL,
  PRIMARY KEY (tenant_id, partner_id, currency),
  CONSTRAINT partner_balance_bounds CHECK ({sums accrued_minor, approved_minor, paid_minor, reversed_minor, reserved_minor}),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES partner (tenant_id, id)
)";

const DOWN: &str = "
DROP TABLE partner_balance
--
DROP TABLE payout_item
--
DROP TABLE commission_transition
--
DROP TABLE commission";
