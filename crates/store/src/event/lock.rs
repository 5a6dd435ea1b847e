//! Locking events. A lock serialises the refunds and the moves of an event.

use entity::attribution;
use entity::event::{Column, Entity};
use sea_orm::sea_query::LockType;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::by_ids;
use super::rows::{JoinedRow, from_joined};
use crate::attribution::with_first;
use crate::lock_order::Lock;
use crate::scope::visible;
use crate::{Connection, StoreError, many};
use auth::Scope;
use domain::event::Event;
use domain::id::EventId;

/// Selects an event for update.
pub async fn lock(transaction: &Connection, scope: &Scope, id: EventId) -> Result<Option<Event>, StoreError> {
    let locked = lock_all(transaction, scope, &[id.uuid()]).await?;
    Ok(locked.into_iter().next())
}

/// Selects events for update, in the order of recording.
pub async fn lock_all(transaction: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Event>, StoreError> {
    let one_of = many::among(transaction, Column::Id, ids);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    let mut select = with_first(scope, select);
    // Only the events: an attribution never changes, and PostgreSQL locks no row that may be missing from a join.
    QuerySelect::query(&mut select).lock_with_tables(LockType::Update, [Entity]);
    let rows = select.select_also(attribution::Entity).all(transaction).await?;
    transaction.hold(rows.iter().map(|(row, _)| (Lock::Event(row.id), true)));
    // If the statement had to wait while an event was moved, it sees the event as it is now, but not the attribution
    // that was written meanwhile.
    let moved: Vec<_> = rows.iter().filter(|row| is_stale(row)).map(|(row, _)| row.id).collect();
    let mut now = by_ids(transaction, scope, &moved).await?;
    let events = rows.into_iter().map(|row| match now.remove(&row.0.id) {
        Some(event) => Ok(event),
        None => from_joined(row),
    });
    events.collect()
}

/// Whether the event names an attribution to which it was not joined.
fn is_stale((event, credited): &JoinedRow) -> bool {
    event.primary_attribution_id.is_some() && credited.is_none()
}
