//! Writing events.

use entity::event::{self, Entity};
use entity::event_attribution;
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::rows::to_row;
use crate::writes::{Conflict, Writes};
use crate::{StoreError, Transaction};
use domain::event::Event;
use domain::id::TenantId;

/// Writes to whom events are credited from now on.
pub fn set_attribution<'a>(writes: &mut Writes, tenant: TenantId, events: impl IntoIterator<Item = &'a Event>) {
    let rows = events.into_iter().map(|event| {
        let row = to_row(tenant, event);
        event_attribution::Model {
            tenant_id: row.tenant_id,
            id: row.id,
            attribution_id: row.attribution_id,
            partner_id: row.partner_id,
            campaign_id: row.campaign_id,
            sequence: row.sequence,
            attributed_at: row.attributed_at,
        }
        .into_active_model()
    });
    writes.set(rows);
}

/// Writes events whose external ids must be new: a writer that loses a race for one gets the error for a taken id.
/// `entry` is the id of the audit log entry ([`Transaction::audit_entry`]).
pub fn add<'a>(
    writes: &mut Writes,
    tenant: TenantId,
    events: impl IntoIterator<Item = &'a Event>,
    entry: Option<Uuid>,
) {
    let rows = events
        .into_iter()
        .map(|event| audited_row(tenant, event, entry).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// Writes the event if its external id is new; `false` if another event has it.
pub async fn insert(transaction: &Transaction, tenant: TenantId, event: &Event) -> Result<bool, StoreError> {
    let row = audited_row(tenant, event, transaction.audit_entry());
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(sea_orm::sea_query::OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction.connection())
        .await?;
    Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
}

fn audited_row(tenant: TenantId, event: &Event, entry: Option<Uuid>) -> event::Model {
    event::Model {
        audit_entry_id: entry,
        ..to_row(tenant, event)
    }
}
