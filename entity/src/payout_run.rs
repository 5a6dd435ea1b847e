//! One run that created payouts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub created_at: DateTimeUtc,
    /// Only rows that accrued before this moment, and clawbacks of them; null: all.
    pub accrued_before: Option<DateTimeUtc>,
    pub created_by: String,
    /// The audit log entry of the transaction that wrote it; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
