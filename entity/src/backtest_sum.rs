//! The totals of both sides of a backtest: overall, by campaign or by month.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest_sum")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub backtest_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    /// All zeros: of rows without a campaign, or not a sum by campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// The Unix epoch: not a sum by month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month_start: DateTimeUtc,
    pub actual_minor: i64,
    pub proposed_minor: i64,
    pub appeared: i64,
    pub disappeared: i64,
    pub rose: i64,
    pub fell: i64,
    pub unchanged: i64,
}

no_relations!();
