//! A correction of an attribution: events of a customer, or one event, moved to another partner.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reassignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The customer whose events were moved; `None`: a single event was.
    pub customer_id: Option<Uuid>,
    pub event_id: Option<Uuid>,
    /// To whom the customer was bound before.
    pub from_partner_id: Option<Uuid>,
    /// `None`: events are credited to nobody.
    pub partner_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    /// From when on events were to be moved; `None`: none that had been recorded.
    pub since: Option<DateTimeUtc>,
    pub claw_back_paid: bool,
    pub reason: String,
    pub actor: String,
    pub at: DateTimeUtc,
    /// How many events were left for another call.
    pub remaining: i64,
    /// The number of the step that took from the former partner, in its history.
    pub from_sequence: Option<i64>,
    /// The number of the step that began the move, in the history of the partner.
    pub sequence: Option<i64>,
    /// Salts the hashes of its personal values (`domain::personal`).
    pub salt: Vec<u8>,
    /// The audit log entry of the transaction that wrote it; null in generated data.
    pub audit_entry_id: Option<Uuid>,
}

no_relations!();
