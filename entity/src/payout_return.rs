//! That the money of a payout came back: the columns of its row that change then.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub status: String,
    pub returned_at: Option<DateTimeUtc>,
    pub returned_by: Option<String>,
    pub returned_sequence: Option<i64>,
    pub return_reason: Option<String>,
    /// The audit log entry of the transaction that noted it; null: it did not come back.
    pub returned_audit_entry_id: Option<Uuid>,
}

no_relations!();
