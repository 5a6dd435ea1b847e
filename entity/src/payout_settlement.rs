//! How a payout ended: the columns of its row that change.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub status: String,
    pub settled_at: Option<DateTimeUtc>,
    pub settled_by: Option<String>,
    pub settled_sequence: Option<i64>,
    pub reference: Option<String>,
    /// The reference without case, spaces and punctuation, by which it is found.
    pub reference_key: Option<String>,
    /// The audit log entry of the transaction that settled it; null in generated data.
    pub settled_audit_entry_id: Option<Uuid>,
}

no_relations!();
