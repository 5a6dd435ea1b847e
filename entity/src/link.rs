//! An address that a partner hands out. Whoever follows it is led to the destination, and a click is recorded.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub partner_id: Uuid,
    pub campaign_id: Uuid,
    /// The last part of its address; unique in the tenant, compared exactly.
    pub key: String,
    /// Where it leads; null: to the campaign's destination.
    pub destination_url: Option<String>,
    pub external_id: Option<String>,
    /// The lower-cased external id, for search.
    pub external_id_key: Option<String>,
    pub status: String,
    /// Since when it is disabled; null: it is not.
    pub disabled_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

no_relations!();
