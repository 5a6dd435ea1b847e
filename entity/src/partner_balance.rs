//! Sums over a partner's rows in one currency, updated together with them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_balance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    pub accrued_minor: i64,
    pub approved_minor: i64,
    pub paid_minor: i64,
    pub reversed_minor: i64,
    /// The part of the approved sum that open payouts reserve.
    pub reserved_minor: i64,
}

no_relations!();
