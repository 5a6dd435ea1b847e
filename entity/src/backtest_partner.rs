//! The totals of both sides of a backtest for a partner.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest_partner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub backtest_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: Uuid,
    pub actual_minor: i64,
    pub proposed_minor: i64,
    pub difference_minor: i64,
    /// The absolute value of the difference.
    pub magnitude_minor: i64,
    pub appeared: i64,
    pub disappeared: i64,
    pub rose: i64,
    pub fell: i64,
    pub unchanged: i64,
}

no_relations!();
