//! Where a tenant wants to hear of what happens.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub url: String,
    pub description: Option<String>,
    /// An empty list: all.
    #[sea_orm(column_type = "JsonBinary")]
    pub event_types: Json,
    pub api_version: String,
    pub active: bool,
    /// Why it was switched off by the program; null: it was not.
    pub disabled_reason: Option<String>,
    /// Encrypted; null: the endpoint is deleted.
    pub secret: Option<Vec<u8>>,
    /// Which key of the settings it is encrypted with.
    pub secret_key: Option<String>,
    /// The secret before, which signs as well until its time is over.
    pub previous_secret: Option<Vec<u8>>,
    pub previous_secret_key: Option<String>,
    pub previous_until: Option<DateTimeUtc>,
    pub secret_rotated_at: Option<DateTimeUtc>,
    /// How far the outbox was when it was made: what is behind that is for it.
    pub listens_since: String,
    /// When a delivery last succeeded, or since when it is asked to take any.
    pub quiet_since: DateTimeUtc,
    /// How many deliveries failed for good since.
    pub failed_count: i32,
    /// Which replica delivers to it, and until when nobody else does.
    pub lease_owner: Option<String>,
    pub lease_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
