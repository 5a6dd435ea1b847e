//! How far an event was taken back: columns of its row that are written separately.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub refunded_items: Option<Json>,
}

no_relations!();
