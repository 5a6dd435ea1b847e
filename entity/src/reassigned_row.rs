//! What became of a row of a moved event, or a row that the event earned anew.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reassigned_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub reassignment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub event_id: Uuid,
    /// The event's index among those that were moved, from 0.
    pub place: i32,
    /// The component of the terms that gave the new row.
    pub term: Option<i32>,
    pub outcome: String,
    pub before_id: Option<Uuid>,
    pub commission_id: Option<Uuid>,
    pub clawback_id: Option<Uuid>,
    /// The number of the step that undid the earlier row, in the history of its partner.
    pub from_sequence: Option<i64>,
    /// The number of the step that credited the event anew, in the history of the partner.
    pub sequence: Option<i64>,
}

no_relations!();
