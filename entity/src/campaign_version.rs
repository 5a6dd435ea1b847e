//! What a campaign paid from a moment on; append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub begins_at: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Json,
    pub holdback_days: Option<i32>,
    /// Tiers of an advertiser count all of its campaigns.
    pub advertiser_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub attribution: Json,
    /// The audit log entry of the change; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
