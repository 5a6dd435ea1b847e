//! A row of the ledger: a partner earned an amount. Only status, its times, payout and recipient move. As it is read:
//! without the explanation, which is larger than all the rest and seldom asked for; see `commission_written`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub status: String,
    pub amount_minor: i64,
    pub currency: String,
    pub payment_target: String,
    pub recipient: Option<String>,
    pub partner_id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub event_id: Option<Uuid>,
    pub snapshot_id: Option<Uuid>,
    /// The row that it adjusts or claws back.
    pub adjusts_id: Option<Uuid>,
    /// How its amount came about: refunds take back fixed amounts only as a whole.
    pub basis: Option<String>,
    pub holdback_days: Option<i32>,
    pub accrued_at: DateTimeUtc,
    pub mature_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
    pub paid_at: Option<DateTimeUtc>,
    pub reversed_at: Option<DateTimeUtc>,
    /// The payout that it is in, open or paid.
    pub payout_id: Option<Uuid>,
    /// What another system calls a row that was brought in.
    pub external_id: Option<String>,
    /// Why there is a row that was entered by hand, for the partner, too.
    pub reason: Option<String>,
    /// The same for staff only.
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
