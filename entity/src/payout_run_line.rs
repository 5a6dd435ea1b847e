//! What a payout run found for one payee in one currency, and the outcome; append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_run_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    /// Its position in the list, from 1: by currency, descending amount, payee.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub partner_id: Uuid,
    /// Set: the payee is this individual, not the partner.
    pub recipient: Option<String>,
    pub currency: String,
    /// The sum of its commissions, which may be 0, negative or larger than any amount.
    pub amount_minor: i64,
    pub commission_count: i32,
    pub outcome: String,
    /// The payout, where it was paid out.
    pub payout_id: Option<Uuid>,
}

no_relations!();
