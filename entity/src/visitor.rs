//! That a visitor is a customer: written once, for good.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visitor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As the pages of the brand call it; unique in the tenant. Null: it was erased.
    pub visitor_id: Option<String>,
    pub customer_id: Uuid,
    pub tied_at: DateTimeUtc,
    pub salt: Vec<u8>,
}

no_relations!();
