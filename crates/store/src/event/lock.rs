//! Locking events.

use entity::event::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::from_row;
use crate::scope::visible;
use crate::{Connection, StoreError, load, many};
use auth::Scope;
use domain::event::Event;
use domain::id::EventId;

/// Selects the event for update: this serialises its refunds.
pub async fn lock(transaction: &Connection, scope: &Scope, id: EventId) -> Result<Option<Event>, StoreError> {
    load::one(
        transaction,
        visible::<Entity>(scope)
            .filter(Column::Id.eq(id.uuid()))
            .lock_exclusive(),
        from_row,
    )
    .await
}

/// Selects events for update, in the order of recording.
pub async fn lock_all(transaction: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Event>, StoreError> {
    let one_of = many::among(transaction, Column::Id, ids);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    let rows = select.lock_exclusive().all(transaction).await?;
    rows.into_iter().map(from_row).collect()
}
