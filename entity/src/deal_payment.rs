//! A payment that was due for a deal, once unless it was voided. Only the voiding changes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deal_payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub deal_id: Uuid,
    pub payment_target: String,
    pub stage_id: Uuid,
    pub entry: i32,
    pub part: String,
    pub occurrence: i32,
    pub rule_id: Uuid,
    pub version: i32,
    /// The row of the ledger; none where 0 was due.
    pub commission_id: Option<Uuid>,
    /// The deal was lost before the row was approved: the payment may become due again.
    pub voided_at: Option<DateTimeUtc>,
    pub voided_sequence: Option<i64>,
    pub created_at: DateTimeUtc,
    /// Its position in the partner's history; `voided_sequence` is that of its end.
    pub sequence: i64,
}

no_relations!();
