//! Appends what happened to the outbox, except to commissions: their module does so together with their histories.

use entity::outbox;
use sea_orm::ActiveValue;

use crate::writes::Conflict;
use crate::{StoreError, Transaction, Writes};
use domain::id::TenantId;
use domain::webhook::body::Happening;

/// Appends what happened; followers are notified after the commit.
pub fn append(writes: &mut Writes, tenant: TenantId, happenings: impl IntoIterator<Item = Happening>) {
    let mut happenings = happenings.into_iter().peekable();
    if happenings.peek().is_some() {
        writes.note_append();
    }
    let rows = happenings.map(|happening| outbox::ActiveModel {
        id: ActiveValue::NotSet,
        tenant_id: ActiveValue::Set(tenant.uuid()),
        at: ActiveValue::Set(happening.at),
        event_type: ActiveValue::Set(Some(happening.event_type.as_str().to_owned())),
        object_id: ActiveValue::Set(Some(happening.object)),
        detail: ActiveValue::Set(happening.detail),
    });
    writes.add(rows, Conflict::Fail);
}

/// Like [`append`], written at once.
pub async fn append_to(
    transaction: &Transaction,
    tenant: TenantId,
    happenings: impl IntoIterator<Item = Happening>,
) -> Result<(), StoreError> {
    Writes::of(|writes| append(writes, tenant, happenings))
        .run(transaction)
        .await
}
