//! What the rules of a group said from a moment on; append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_group_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub begins_at: DateTimeUtc,
    /// The name at that time.
    pub name: String,
    pub currency: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub rules: Json,
    /// The audit log entry of the change; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
