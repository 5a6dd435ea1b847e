//! What a tier has counted for a partner on a campaign in a window, and which of its retroactive parts have fired there.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tier_counter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tier_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub window_start: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub window_end: DateTimeUtc,
    /// The version of the tier for which it was counted.
    pub version: i32,
    pub conversions: i64,
    pub events: i64,
    pub sale_amount_minor: i64,
    pub payout_minor: i64,
    pub revenue_minor: i64,
    pub payout_fired: bool,
    pub revenue_fired: bool,
}

no_relations!();
