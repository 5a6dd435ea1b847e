//! How far the history of a partner has come: columns of its row that are written separately.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The number of its last step.
    pub history_sequence: i64,
    /// When that was; `None`: only until its first step, which the transaction that creates it writes.
    pub history_at: Option<DateTimeUtc>,
}

no_relations!();
