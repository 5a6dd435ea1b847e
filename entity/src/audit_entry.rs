//! What one transaction changed, and who did it; append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub actor: String,
    pub api_key_id: Option<Uuid>,
    pub token_id: Option<String>,
    pub partner_id: Option<Uuid>,
    pub operation: String,
    pub request_id: Option<String>,
    /// For changes that have rows of their own: how many.
    pub count: Option<i32>,
    /// Field by field; an empty list where rows were only counted.
    #[sea_orm(column_type = "JsonBinary")]
    pub changes: Json,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Vec<u8>,
}

no_relations!();
