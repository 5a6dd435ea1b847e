//! Business that a partner brought.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: Option<String>,
    pub external_id_key: Option<String>,
    pub name: String,
    pub name_key: String,
    pub value_minor: i64,
    pub currency: String,
    pub partner_id: Uuid,
    pub stage_id: Option<Uuid>,
    pub lead_creator: Option<String>,
    pub owner: Option<String>,
    pub renewals: i32,
    /// The options that are set on it.
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

no_relations!();
