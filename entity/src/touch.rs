//! A moment at which somebody met a partner's link, coupon or recommendation. It never changes, but that a click joins its
//! visitor.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "touch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub partner_id: Uuid,
    pub campaign_id: Uuid,
    pub link_id: Option<Uuid>,
    pub coupon_id: Option<Uuid>,
    /// Whether the link was disabled when it happened.
    pub link_disabled: bool,
    /// Null: nobody has named the click yet, it was recorded for a customer, or its personal data was erased.
    pub visitor_id: Option<String>,
    /// The customer that it was recorded for; that of its visitor is in `visitor`.
    pub customer_id: Option<Uuid>,
    pub external_id: Option<String>,
    /// By which the page that a click leads to names it.
    pub click_id: Option<String>,
    /// Whether the caller said when it happened, and not our clock.
    pub time_stated: bool,
    pub occurred_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    /// Random; while it is there, the hashes of erased values cannot be guessed.
    pub salt: Vec<u8>,
}

no_relations!();
