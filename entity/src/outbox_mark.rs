//! How far a reader of the outbox has come, or up to when it was pruned.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub position: Option<String>,
    pub at: DateTimeUtc,
}

no_relations!();
