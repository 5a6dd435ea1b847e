//! Approved commissions of one payee in one currency, paid together.

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
    /// Set: the payee is this individual, not the partner.
    pub recipient: Option<String>,
    pub amount_minor: i64,
    pub currency: String,
    pub status: String,
    pub created_at: DateTimeUtc,
    pub settled_at: Option<DateTimeUtc>,
    pub reference: Option<String>,
    /// The reference without case, spaces and punctuation, by which it is found.
    pub reference_key: Option<String>,
    /// The payee's reference at the payment service when the run created the payout.
    pub payout_reference: String,
    pub created_by: String,
    pub settled_by: Option<String>,
    /// The positions of its creation and of its settlement in the partner's history.
    pub sequence: i64,
    pub settled_sequence: Option<i64>,
    /// What statements of banks can carry to identify it; unique within its tenant.
    pub bank_reference: String,
    /// The first characters of the bank reference, which are unique within the tenant.
    pub bank_reference_start: String,
    /// When, through whom and why the money came back; null: it did not.
    pub returned_at: Option<DateTimeUtc>,
    pub returned_by: Option<String>,
    pub returned_sequence: Option<i64>,
    pub return_reason: Option<String>,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Vec<u8>,
}

no_relations!();
