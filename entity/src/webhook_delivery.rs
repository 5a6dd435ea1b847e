//! One message to an endpoint.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub endpoint_id: Uuid,
    /// The outbox row that it reports; null: a test.
    pub outbox_id: Option<i64>,
    pub object_id: Option<Uuid>,
    #[sea_orm(column_name = "type")]
    pub event_type: String,
    /// The body, as it is signed and sent.
    pub payload: String,
    pub status: String,
    /// How often it was requested again.
    pub turn: i32,
    /// The number of attempts in this turn.
    pub attempt_count: i32,
    /// The last attempts of all turns.
    #[sea_orm(column_type = "JsonBinary")]
    pub attempts: Json,
    pub created_at: DateTimeUtc,
    /// Null: it has ended, or waits for an earlier delivery of its object.
    pub next_attempt_at: Option<DateTimeUtc>,
}

no_relations!();
