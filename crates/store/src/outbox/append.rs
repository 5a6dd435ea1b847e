//! Appends what happened to the outbox, except to commissions: their module does so together with their histories.

use entity::outbox;
use sea_orm::ActiveValue;

use crate::writes::Conflict;
use crate::{StoreError, Transaction, Writes};
use domain::id::TenantId;
use domain::webhook::body::OutboxEvent;

/// Appends what happened; followers are notified after the commit.
pub fn append(writes: &mut Writes, tenant: TenantId, outbox_events: impl IntoIterator<Item = OutboxEvent>) {
    let mut outbox_events = outbox_events.into_iter().peekable();
    if outbox_events.peek().is_some() {
        writes.note_append();
    }
    let rows = outbox_events.map(|outbox_event| outbox::ActiveModel {
        id: ActiveValue::NotSet,
        tenant_id: ActiveValue::Set(tenant.uuid()),
        at: ActiveValue::Set(outbox_event.at),
        event_type: ActiveValue::Set(outbox_event.event_type.as_str().to_owned()),
        object_id: ActiveValue::Set(outbox_event.object),
        detail: ActiveValue::Set(outbox_event.detail),
    });
    writes.add(rows, Conflict::Fail);
}

/// Like [`append`], written at once.
pub async fn append_to(
    transaction: &Transaction,
    tenant: TenantId,
    outbox_events: impl IntoIterator<Item = OutboxEvent>,
) -> Result<(), StoreError> {
    transaction.write(|writes| append(writes, tenant, outbox_events)).await
}
