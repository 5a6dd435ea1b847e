//! Something that happened to an object, in the order of writing.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub tenant_id: Uuid,
    pub at: DateTimeUtc,
    /// What happened.
    #[sea_orm(column_name = "type")]
    pub event_type: String,
    pub object_id: Uuid,
    /// What neither the object's row nor its history tells about it later.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub detail: Option<Json>,
}

no_relations!();
