//! Something that happened and may earn.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: String,
    /// A hash of the input as it was sent.
    pub content: Vec<u8>,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Vec<u8>,
    pub kind: String,
    pub r#type: Option<String>,
    pub base: bool,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub revenue_minor: Option<i64>,
    pub revenue_currency: Option<String>,
    pub occurred_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub customer_id: Option<Uuid>,
    /// The first of its attributions in force; null where it is credited to nobody.
    pub primary_attribution_id: Option<Uuid>,
    /// The event that a refund or chargeback takes back.
    pub original_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub metadata: Option<Json>,
    /// What was in it, or what a refund or chargeback takes back of each item; null where that is not known.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub items: Option<Json>,
    pub country: Option<String>,
    /// How much of it has been taken back so far.
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
    /// How much of each item; null: nothing.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub refunded_items: Option<Json>,
    /// The audit log entry of the transaction that wrote it; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
