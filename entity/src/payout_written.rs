//! A payout as it is written: `payout` and what identifies it in files and on statements of banks.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub partner_id: Uuid,
    pub recipient: Option<String>,
    pub amount_minor: i64,
    pub currency: String,
    pub status: String,
    pub created_at: DateTimeUtc,
    pub settled_at: Option<DateTimeUtc>,
    pub reference: Option<String>,
    /// The reference without case, spaces and punctuation, by which it is found.
    pub reference_key: Option<String>,
    pub payout_reference: String,
    pub created_by: String,
    pub settled_by: Option<String>,
    pub sequence: i64,
    pub settled_sequence: Option<i64>,
    pub bank_reference: String,
    /// The first characters of the bank reference, which are unique within the tenant.
    pub bank_reference_start: String,
    pub returned_at: Option<DateTimeUtc>,
    pub returned_by: Option<String>,
    pub returned_sequence: Option<i64>,
    pub return_reason: Option<String>,
}

no_relations!();
