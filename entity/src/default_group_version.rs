//! The tenant's default group from a moment on; append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "default_group_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub begins_at: DateTimeUtc,
    /// All zeros: there was none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: Uuid,
    /// The audit log entry of the change; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
