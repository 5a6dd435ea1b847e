//! A row of the ledger as it is written: `commission` and the explanation of its amount.

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
    pub attribution_id: Option<Uuid>,
    pub snapshot_id: Option<Uuid>,
    pub adjusts_id: Option<Uuid>,
    pub basis: Option<String>,
    pub sight: Option<String>,
    pub holdback_days: Option<i32>,
    pub accrued_at: DateTimeUtc,
    pub mature_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
    pub paid_at: Option<DateTimeUtc>,
    pub reversed_at: Option<DateTimeUtc>,
    pub payout_id: Option<Uuid>,
    pub returned_payout_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub explanation: Json,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Option<Vec<u8>>,
}

no_relations!();
