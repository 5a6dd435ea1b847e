//! One run that made payouts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub created_at: DateTimeUtc,
    /// Only rows that accrued before this moment, and clawbacks of these; null: all.
    pub accrued_before: Option<DateTimeUtc>,
    /// Who made it; null: before that was kept.
    pub created_by: Option<String>,
    /// The entry of the audit log of the transaction that wrote it; null: from before that was kept, or made up.
    pub audit_entry_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
