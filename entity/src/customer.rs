//! A paying customer, acquired by a partner.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: String,
    /// The folded external id, for search.
    pub external_id_key: String,
    pub acquired_at: DateTimeUtc,
    /// The partner and campaign to which its first attributed event bound it.
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
}

no_relations!();
