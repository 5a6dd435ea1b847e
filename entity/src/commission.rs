//! A row of the ledger: an amount that a partner earned. Only status, its times, payout and recipient change. As it is
//! read: without the explanation, which is larger than everything else and seldom requested; see `commission_written`.

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
    /// What it was made for: the attribution of its event, or of the row that it takes back.
    pub attribution_id: Option<Uuid>,
    pub snapshot_id: Option<Uuid>,
    /// The row that it adjusts or claws back.
    pub adjusts_id: Option<Uuid>,
    /// How its amount was determined: refunds take back fixed amounts only as a whole.
    pub basis: Option<String>,
    /// What of its event it was earned for: null, if that is all, by its amount or as a whole.
    pub sight: Option<String>,
    pub holdback_days: Option<i32>,
    pub accrued_at: DateTimeUtc,
    pub mature_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
    pub paid_at: Option<DateTimeUtc>,
    pub reversed_at: Option<DateTimeUtc>,
    /// The payout that contains it, open or paid.
    pub payout_id: Option<Uuid>,
    /// The payout whose money came back, of a RETURNED row.
    pub returned_payout_id: Option<Uuid>,
    /// The id of an imported row in the other system.
    pub external_id: Option<String>,
    /// Why a row was entered manually; the partner sees it, too.
    pub reason: Option<String>,
    /// A note about it for staff only.
    pub note: Option<String>,
}

no_relations!();
