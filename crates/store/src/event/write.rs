//! Writing events, with their attributions.

use entity::event::{self, Entity};
use entity::event_credited;
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::rows::to_new_row;
use crate::attribution;
use crate::writes::{Conflict, Writes};
use crate::{StoreError, Transaction};
use domain::Timestamp;
use domain::event::{Attribution, Event};
use domain::id::TenantId;

/// An event that is credited otherwise from now on.
pub struct Recredited<'a> {
    /// The attribution that ends.
    pub before: Option<Attribution>,
    /// The event with its new attribution.
    pub event: &'a Event,
    /// When.
    pub at: Timestamp,
}

/// Ends the attributions of events, and writes the new ones.
pub fn recredit<'a>(writes: &mut Writes, tenant: TenantId, moved: impl IntoIterator<Item = Recredited<'a>>) {
    let moved: Vec<_> = moved.into_iter().collect();
    let ended = moved.iter().filter_map(|moved| Some((moved.before?.id, moved.at)));
    attribution::end(writes, tenant, ended);
    attribution::add(writes, tenant, moved.iter().map(|moved| moved.event));
    let rows = moved.iter().map(|moved| {
        event_credited::Model {
            tenant_id: tenant.uuid(),
            id: moved.event.id.uuid(),
            primary_attribution_id: moved.event.attribution.map(|now| now.id.uuid()),
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
    let events: Vec<_> = events.into_iter().collect();
    let rows = events
        .iter()
        .map(|event| audited_row(tenant, event, entry).into_active_model());
    writes.add(rows, Conflict::Fail);
    attribution::add(writes, tenant, events);
}

/// Writes the event if its external id is new; `false` if another event has it. Its attribution is then to be written
/// with [`add_attribution`].
pub async fn insert(transaction: &Transaction, tenant: TenantId, event: &Event) -> Result<bool, StoreError> {
    let row = audited_row(tenant, event, transaction.audit_entry());
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(sea_orm::sea_query::OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction.connection())
        .await?;
    Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
}

/// Writes the attribution of an event that was just inserted.
pub fn add_attribution(writes: &mut Writes, tenant: TenantId, event: &Event) {
    attribution::add(writes, tenant, [event]);
}

fn audited_row(tenant: TenantId, event: &Event, entry: Option<Uuid>) -> event::Model {
    event::Model {
        audit_entry_id: entry,
        ..to_new_row(tenant, event)
    }
}
