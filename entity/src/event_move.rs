//! To whom an event was credited before, and to whom it has been credited since.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_move")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub event_id: Uuid,
    pub reassignment_id: Uuid,
    pub from_attribution_id: Option<Uuid>,
    pub from_partner_id: Option<Uuid>,
    pub from_campaign_id: Option<Uuid>,
    pub attribution_id: Option<Uuid>,
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub at: DateTimeUtc,
}

no_relations!();
