//! The orders in which lists can be requested: an index for each, beginning with the tenant and ending with the id, so
//! that a page is read from its position in either direction.
//!
//! Events have one more index to be written to, by when they happened. Most happen shortly before they are recorded, so
//! that it grows at its end; the filters `occurredFrom` and `occurredTo` use it, too. Customers are written once. Of
//! the other tables none is written when an event is recorded.
//!
//! Names are compared byte by byte on both engines. On PostgreSQL a column gets that collation without being rewritten.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        collate(manager, "\"C\"").await?;
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await?;
        collate(manager, "\"default\"").await
    }
}

/// The columns for sorting whose texts had the server's collation.
const TEXTS: [(&str, &str); 4] = [
    ("deal", "name_key"),
    ("tiered_commission", "name_key"),
    ("commission_rule", "label_key"),
    ("partner_group", "name"),
];

async fn collate(manager: &SchemaManager<'_>, collation: &str) -> Result<(), DbErr> {
    if manager.get_connection().get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    for (table, column) in TEXTS {
        let sql = format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE text COLLATE {collation}");
        dialect::run(manager, &sql).await?;
    }
    Ok(())
}

const UP: &str = "
CREATE INDEX event_by_time ON event (tenant_id, occurred_at, id)
--
CREATE INDEX customer_by_acquisition ON customer (tenant_id, acquired_at, id)
--
CREATE INDEX payout_by_amount ON payout (tenant_id, currency, amount_minor, id)
--
CREATE INDEX campaign_by_name ON campaign (tenant_id, name_key, id)
--
CREATE INDEX campaign_by_start ON campaign (tenant_id, COALESCE(starts_at, created_at), id)
--
CREATE INDEX deal_by_name ON deal (tenant_id, name_key, id)
--
CREATE INDEX deal_by_value ON deal (tenant_id, currency, value_minor, id)
--
CREATE INDEX partner_group_by_name ON partner_group (tenant_id, LOWER(name), id)
--
CREATE INDEX tiered_commission_by_name ON tiered_commission (tenant_id, name_key, id)
--
CREATE INDEX commission_rule_by_label ON commission_rule (tenant_id, label_key, id)";

const DOWN: &str = "
DROP INDEX commission_rule_by_label
--
DROP INDEX tiered_commission_by_name
--
DROP INDEX partner_group_by_name
--
DROP INDEX deal_by_value
--
DROP INDEX deal_by_name
--
DROP INDEX campaign_by_start
--
DROP INDEX campaign_by_name
--
DROP INDEX payout_by_amount
--
DROP INDEX customer_by_acquisition
--
DROP INDEX event_by_time";
