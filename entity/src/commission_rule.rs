//! A deal-stage commission rule in its current version.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commission_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: Option<String>,
    pub version: i32,
    pub label_key: String,
    pub partner_type: String,
    pub payment_target: String,
    /// What it pays.
    #[sea_orm(column_type = "JsonBinary")]
    pub plan: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub tier_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub category_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub partner_ids: Json,
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

no_relations!();
