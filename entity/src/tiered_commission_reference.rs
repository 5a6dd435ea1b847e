//! A partner, campaign or advertiser that a tiered commission names; repeats the tier's documents, so that it is found
//! by them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tiered_commission_reference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tier_id: Uuid,
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub advertiser_id: Option<Uuid>,
}

no_relations!();
