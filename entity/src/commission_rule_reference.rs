//! Something that a commission rule names, in exactly one of the columns; repeats the rule's documents, so that what is
//! in use cannot be deleted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commission_rule_reference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub rule_id: Uuid,
    pub tier_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    pub partner_id: Option<Uuid>,
    pub stage_id: Option<Uuid>,
    pub field_id: Option<Uuid>,
    pub option_id: Option<Uuid>,
}

no_relations!();
