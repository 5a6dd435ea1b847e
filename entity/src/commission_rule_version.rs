//! What a commission rule said when it paid. Append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commission_rule_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub rule_id: Uuid,
    pub version: i32,
    /// The plan by which it paid.
    #[sea_orm(column_type = "JsonBinary")]
    pub plan: Json,
    pub created_at: DateTimeUtc,
}

no_relations!();
