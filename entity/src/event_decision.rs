//! Why an event earned what it earned. The newest decision of an event is in force.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// Counts from 1 for each event; decisions that are made together share it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// Its place among those made together, from 1: that of its attribution.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    /// The attribution that it is about; null where the event is credited to nobody.
    pub attribution_id: Option<Uuid>,
    /// Null: rows were written along with it.
    pub reason: Option<String>,
    /// What the reason is about, if that is no component; for staff.
    pub detail: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub components: Json,
    /// What it was made with.
    #[sea_orm(column_type = "JsonBinary")]
    pub made_with: Json,
    pub decided_at: DateTimeUtc,
    /// Copied from the event, so that totals do not need it.
    pub recorded_at: DateTimeUtc,
    /// To whom the decision credits the event.
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    /// Copied from the event.
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
}

no_relations!();
