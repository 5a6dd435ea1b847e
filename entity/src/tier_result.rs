//! What a tier did to an event's payout or revenue. Append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tier_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tier_id: Uuid,
    pub event_id: Uuid,
    /// The event whose recording caused it.
    pub cause_id: Uuid,
    pub side: String,
    pub kind: String,
    /// What a rate was applied to; none for a retroactive adjustment.
    pub base_minor: Option<i64>,
    /// The result of a rate, or the adjustment.
    pub amount_minor: i64,
    pub currency: String,
    pub is_fixed: bool,
    /// The row of the ledger; none for revenue, and where the result of a rate was 0.
    pub commission_id: Option<Uuid>,
    pub at: DateTimeUtc,
    /// Its position in the partner's history.
    pub sequence: i64,
}

no_relations!();
