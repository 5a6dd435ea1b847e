//! To whom an event is credited: the columns of its row that change.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub attribution_id: Option<Uuid>,
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub sequence: Option<i64>,
    pub attributed_at: Option<DateTimeUtc>,
}

no_relations!();
