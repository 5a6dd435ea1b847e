//! A commission that was put into a payout; append-only, even where the payout failed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub payout_id: Uuid,
    pub commission_id: Uuid,
    /// The position of the payout's creation in the partner's history.
    pub sequence: i64,
}

no_relations!();
