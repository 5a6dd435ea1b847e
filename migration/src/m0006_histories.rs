//! A partner's history has an order: every event, every change of a row's status, every change of the partner's status
//! and every snapshot gets the next number of its partner, under the partner's lock. Clocks of replicas disagree and
//! step back; numbers do not.
//!
//! `partner.history_sequence` and `history_at` are the number and the time of the last step. What was written before
//! has no number, and comes before everything that has one, in the order of ids. Triggers number what replicas of an
//! earlier release write meanwhile. Nothing here visits rows, so that it takes as long on a million of them as on none.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        let is_postgres = manager.get_connection().get_database_backend() == DbBackend::Postgres;
        for numbered in &NUMBERED {
            let sql = match is_postgres {
                true => POSTGRES_NUMBER,
                false => SQLITE_NUMBER,
            };
            dialect::run(manager, &numbered.fill(sql)).await?;
            if !is_postgres && !numbered.kept.is_empty() {
                dialect::run(manager, &numbered.fill(SQLITE_KEEP)).await?;
            }
        }
        if is_postgres {
            dialect::run(manager, POSTGRES_ROOM).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_connection().get_database_backend() == DbBackend::Postgres;
        for numbered in &NUMBERED {
            let sql = match (is_postgres, numbered.kept.is_empty()) {
                (true, _) => POSTGRES_DOWN.to_owned(),
                (false, true) => SQLITE_DOWN.to_owned(),
                (false, false) => format!("{SQLITE_DOWN}\n--\n{SQLITE_DOWN_KEPT}"),
            };
            dialect::run(manager, &numbered.fill(&sql)).await?;
        }
        dialect::run(manager, DOWN).await
    }
}

/// A table whose rows are numbered.
struct Numbered {
    table: &'static str,
    /// The partner whose history it is in, in terms of NEW.
    partner: &'static str,
    time: &'static str,
    /// All columns but the number, where the table is append-only.
    kept: &'static [&'static str],
}

const NUMBERED: [Numbered; 4] = [
    Numbered {
        table: "event",
        partner: "NEW.partner_id",
        time: "recorded_at",
        kept: &[],
    },
    Numbered {
        table: "partner_transition",
        partner: "NEW.partner_id",
        time: "at",
        kept: &[
            "tenant_id",
            "id",
            "partner_id",
            "from_status",
            "to_status",
            "actor",
            "reason",
            "at",
        ],
    },
    Numbered {
        table: "commission_snapshot",
        partner: "NEW.partner_id",
        time: "created_at",
        kept: &[
            "tenant_id",
            "id",
            "partner_id",
            "campaign_id",
            "version",
            "terms",
            "holdback_days",
            "source",
            "reason",
            "created_at",
        ],
    },
    Numbered {
        table: "commission_transition",
        partner: "(SELECT partner_id FROM commission WHERE tenant_id = NEW.tenant_id AND id = NEW.commission_id)",
        time: "at",
        kept: &[
            "tenant_id",
            "id",
            "commission_id",
            "from_status",
            "to_status",
            "actor",
            "reason",
            "at",
        ],
    },
];

impl Numbered {
    fn fill(&self, sql: &str) -> String {
        let changed: Vec<_> = self
            .kept
            .iter()
            .map(|column| format!("NEW.{column} IS NOT OLD.{column}"))
            .collect();
        sql.replace("{table}", self.table)
            .replace("{partner}", self.partner)
            .replace("{at}", self.time)
            .replace("{changed}", &changed.join(" OR "))
    }
}

const UP: &str = "
ALTER TABLE partner ADD COLUMN history_sequence bigint NOT NULL DEFAULT 0
--
ALTER TABLE partner ADD COLUMN history_at {time}
--
ALTER TABLE event ADD COLUMN sequence bigint
--
ALTER TABLE partner_transition ADD COLUMN sequence bigint
--
ALTER TABLE commission_snapshot ADD COLUMN sequence bigint
--
ALTER TABLE commission_transition ADD COLUMN sequence bigint";

// The partner's row is written at every step: with room on its page, no index has to be.
const POSTGRES_ROOM: &str = "ALTER TABLE partner SET (fillfactor = 80)";

// A row whose partner is not visible yet (the first transition of a commission that the same statement writes) stays
// without a number: nothing comes before it.
const POSTGRES_NUMBER: &str = "
CREATE FUNCTION number_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE partner SET history_sequence = history_sequence + 1, history_at = GREATEST(history_at, NEW.{at})
    WHERE tenant_id = NEW.tenant_id AND id = {partner} RETURNING history_sequence INTO NEW.sequence;
  RETURN NEW;
END $$
--
CREATE TRIGGER {table}_number BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.sequence IS NULL)
EXECUTE FUNCTION number_{table}()";

// SQLite's triggers cannot change the row that is being written, only update it afterwards.
const SQLITE_NUMBER: &str = "
CREATE TRIGGER {table}_number AFTER INSERT ON {table} WHEN NEW.sequence IS NULL AND {partner} IS NOT NULL
BEGIN
  UPDATE partner SET history_sequence = history_sequence + 1, history_at = MAX(COALESCE(history_at, ''), NEW.{at})
    WHERE tenant_id = NEW.tenant_id AND id = {partner};
  UPDATE {table} SET sequence = (SELECT history_sequence FROM partner WHERE tenant_id = NEW.tenant_id AND id = {partner})
    WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END";

// Append-only tables get their numbers that way, once.
const SQLITE_KEEP: &str = "
DROP TRIGGER {table}_no_update
--
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN OLD.sequence IS NOT NULL OR NEW.sequence IS NULL OR {changed}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

const POSTGRES_DOWN: &str = "
DROP TRIGGER {table}_number ON {table}
--
DROP FUNCTION number_{table}()";

const SQLITE_DOWN: &str = "DROP TRIGGER {table}_number";

const SQLITE_DOWN_KEPT: &str = "
DROP TRIGGER {table}_no_update
--
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END";

const DOWN: &str = "
ALTER TABLE commission_transition DROP COLUMN sequence
--
ALTER TABLE commission_snapshot DROP COLUMN sequence
--
ALTER TABLE partner_transition DROP COLUMN sequence
--
ALTER TABLE event DROP COLUMN sequence
--
ALTER TABLE partner DROP COLUMN history_at
--
ALTER TABLE partner DROP COLUMN history_sequence";
