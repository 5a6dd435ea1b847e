//! An organisation or person that earns commission.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// The folded name, for sorting and search.
    pub name_key: String,
    /// Lower-cased; unique in the tenant.
    pub email: String,
    /// The folded e-mail address, for search.
    pub email_key: String,
    pub external_id: Option<String>,
    /// The folded external id, for search.
    pub external_id_key: Option<String>,
    pub r#type: String,
    pub status: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub metadata: Option<Json>,
    pub group_id: Option<Uuid>,
    pub tier_id: Option<Uuid>,
    pub payout_currency: Option<String>,
    /// Its reference at the payment service.
    pub payout_reference: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub activated_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    /// Tokens of the partner that were issued before this moment are invalid.
    pub tokens_valid_from: DateTimeUtc,
}

no_relations!();
