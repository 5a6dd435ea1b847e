//! Something that happened to an object, in the order of writing.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub tenant_id: Uuid,
    pub at: DateTimeUtc,
    /// What happened; null in rows of earlier releases, which name a commission and its status in columns of their own.
    #[sea_orm(column_name = "type")]
    pub event_type: Option<String>,
    pub object_id: Option<Uuid>,
    /// What neither the object's row nor its history tells about it later.
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Option<Json>,
}

no_relations!();
