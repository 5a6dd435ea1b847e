//! The terms stamped for a partner; append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commission_snapshot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub partner_id: Uuid,
    /// `None`: the snapshot applies to every campaign.
    pub campaign_id: Option<Uuid>,
    pub version: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Json,
    pub holdback_days: Option<i32>,
    pub source: String,
    pub reason: Option<String>,
    pub created_at: DateTimeUtc,
    /// Its position in the partner's history.
    pub sequence: i64,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Vec<u8>,
}

no_relations!();
