//! A tiered commission in its current version.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tiered_commission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: Option<String>,
    pub version: i32,
    pub name: String,
    pub name_key: String,
    pub notes: Option<String>,
    pub status: String,
    pub start_date: String,
    pub end_date: String,
    pub period: String,
    pub crossing_policy: String,
    pub currency: String,
    pub event_type: Option<String>,
    pub apply_to_all_partners: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub partner_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub campaign_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub advertiser_ids: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub goals: Json,
    /// What it changes, on both sides.
    #[sea_orm(column_type = "JsonBinary")]
    pub modifiers: Json,
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

no_relations!();
