//! When the individual to whom a row of the ledger is owed was assigned: columns of `commission` that are written
//! separately.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub partner_id: Uuid,
    pub recipient: Option<String>,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Option<Vec<u8>>,
    /// `None`: assigned with the row, or not assigned yet.
    pub recipient_assigned_at: Option<DateTimeUtc>,
    /// The position of that in the partner's history.
    pub recipient_assigned_sequence: Option<i64>,
}

no_relations!();
