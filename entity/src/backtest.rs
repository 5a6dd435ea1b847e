//! What other rules would have cost, given what really happened.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: Option<String>,
    pub status: String,
    /// What was recorded in this range is compared.
    pub range_from: DateTimeUtc,
    pub range_to: DateTimeUtc,
    /// As it was entered.
    #[sea_orm(column_type = "JsonBinary")]
    pub proposal: Json,
    /// As the replay reads it.
    #[sea_orm(column_type = "JsonBinary")]
    pub checked: Json,
    pub campaign_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
    pub tier_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub created_by: String,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    /// The number of events of the finished partners, and of all.
    pub events: i64,
    pub of_events: i64,
    pub failure: Option<String>,
    pub incomplete_history: bool,
    /// The last finished partner.
    pub after_partner: Option<Uuid>,
    /// The worker that holds the lease, and until when.
    pub holder: Option<Uuid>,
    pub held_until: Option<DateTimeUtc>,
}

no_relations!();
