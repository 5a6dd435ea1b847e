//! How often a link was followed on a day of its tenant's time zone.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "link_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub link_id: Uuid,
    /// Such as 2026-07-31.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    pub clicks: i64,
}

no_relations!();
