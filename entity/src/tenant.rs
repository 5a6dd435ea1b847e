//! An organisation's programme; nothing is visible across tenants.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub base_currency: String,
    pub time_zone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub minimum_payouts: Json,
    /// The origins of the pages that may send what visitors did, as a list.
    #[sea_orm(column_type = "JsonBinary")]
    pub tracking_origins: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

no_relations!();
