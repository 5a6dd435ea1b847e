//! Where a tenant wants to be notified of events.

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
    /// An empty list: all types.
    #[sea_orm(column_type = "JsonBinary")]
    pub event_types: Json,
    pub api_version: String,
    pub active: bool,
    /// Why the program disabled it; null: it did not.
    pub disabled_reason: Option<String>,
    /// Encrypted; null: the endpoint is deleted.
    pub secret: Option<Vec<u8>>,
    /// Which key of the configuration it is encrypted with.
    pub secret_key: Option<String>,
    /// The previous secret, which signs as well until it expires.
    pub previous_secret: Option<Vec<u8>>,
    pub previous_secret_key: Option<String>,
    pub previous_until: Option<DateTimeUtc>,
    pub secret_rotated_at: Option<DateTimeUtc>,
    /// How far the outbox was when it was created: it is sent what comes after that.
    pub listens_since: String,
    /// When a delivery last succeeded, or since when it has been active.
    pub quiet_since: DateTimeUtc,
    /// How many deliveries have failed for good since then.
    pub failed_count: i32,
    /// The replica that holds its lease, and until when.
    pub lease_owner: Option<String>,
    pub lease_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
}

no_relations!();
