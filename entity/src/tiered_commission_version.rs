//! What a tiered commission said from a moment on.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tiered_commission_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tier_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub begins_at: DateTimeUtc,
    pub name: String,
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
    #[sea_orm(column_type = "JsonBinary")]
    pub modifiers: Json,
    /// The audit log entry of the change; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
