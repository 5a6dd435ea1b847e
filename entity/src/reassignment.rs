//! A correction of who earned: events of a customer, or one event, moved to another partner.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reassignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose events were moved; `None`: one event was.
    pub customer_id: Option<Uuid>,
    pub event_id: Option<Uuid>,
    /// Whom the customer was bound to before.
    pub from_partner_id: Option<Uuid>,
    /// `None`: events are credited to nobody.
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    /// From when on events were to be moved; `None`: none that was recorded.
    pub since: Option<DateTimeUtc>,
    pub claw_back_paid: bool,
    pub reason: String,
    pub actor: String,
    pub at: DateTimeUtc,
    /// How many events were left for another call.
    pub remaining: i64,
    /// The entry of the audit log of the transaction that wrote it; null: from before that was kept, or made up.
    pub audit_entry_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
