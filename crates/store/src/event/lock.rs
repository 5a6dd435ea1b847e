//! Locking events.

use entity::event::{Column, Entity};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, many};
use auth::Scope;
use domain::event::Event;
use domain::id::EventId;

// Locking an event serialises its refunds.
table_functions!(Event, EventId: lock);

/// Selects events for update, in the order of recording.
pub async fn lock_all(transaction: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Event>, StoreError> {
    let one_of = many::among(transaction, Column::Id, ids);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    let rows = select.lock_exclusive().all(transaction).await?;
    rows.into_iter().map(from_row).collect()
}
