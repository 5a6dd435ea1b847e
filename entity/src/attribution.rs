//! To whom an event is credited. It never changes, but for its end.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attribution")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub event_id: Uuid,
    pub partner_id: Uuid,
    pub campaign_id: Option<Uuid>,
    /// How it is known who brought the event.
    pub via: String,
    /// The coupon whose code the event named, where that decided.
    pub coupon_id: Option<Uuid>,
    /// The link of the touch that decided.
    pub link_id: Option<Uuid>,
    /// The touch that decided, and when it happened. An inline one is not stored, so that only its time is known.
    pub touch_id: Option<Uuid>,
    pub touched_at: Option<DateTimeUtc>,
    /// By which model touches were weighed; null: no touch decided.
    pub model: Option<String>,
    /// Its part of the event.
    pub weight_numerator: i64,
    pub weight_denominator: i64,
    /// Its shares of the event's amount and revenue, in their currencies.
    pub share_minor: Option<i64>,
    pub revenue_share_minor: Option<i64>,
    /// Its position in the partner's history.
    pub sequence: i64,
    /// When a move wrote it; null: it was written with the event.
    pub moved_at: Option<DateTimeUtc>,
    /// When a move ended it; null: it is in force.
    pub ended_at: Option<DateTimeUtc>,
    /// Copied from the event, for indexes.
    pub customer_id: Option<Uuid>,
    pub kind: String,
    pub r#type: Option<String>,
    pub base: bool,
    /// Whether the event counts for FIRST: a conversion, or a charge above 0.
    pub qualifying: bool,
    /// Whether the event's amount is above 0.
    pub has_amount: bool,
    pub occurred_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
}

no_relations!();
