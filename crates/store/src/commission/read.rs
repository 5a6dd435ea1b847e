//! Commissions by their ids, by their events, and by what they adjust.

use std::collections::{BTreeSet, HashMap};

use entity::commission::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::TABLE;
use super::filter::{CommissionFilter, filtered, has_status};
use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, load, many, row};
use auth::Scope;
use domain::commission::{Commission, CommissionKind, CommissionStatus};
use domain::id::{CommissionId, EventId};

table_functions!(Commission: by_ids);

/// The rows of an event, in the order of writing.
pub async fn of_event(database: &Connection, scope: &Scope, event: EventId) -> Result<Vec<Commission>, StoreError> {
    of_events(database, scope, &[event.uuid()]).await
}

/// The rows of events, in the order of writing.
pub async fn of_events(database: &Connection, scope: &Scope, events: &[Uuid]) -> Result<Vec<Commission>, StoreError> {
    let one_of = many::among(database, Column::EventId, events);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    load::all(database, select, from_row).await
}

/// The kinds of the rows that events have; those without any are left out.
pub async fn kinds_of_events(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<CommissionKind>>, StoreError> {
    if events.is_empty() {
        return Ok(HashMap::new());
    }
    let one_of = many::among(database, Column::EventId, events);
    let select = visible::<Entity>(scope).filter(one_of).select_only();
    let select = select.column(Column::EventId).column(Column::Kind).distinct();
    let rows: Vec<(Uuid, String)> = select.into_tuple().all(database).await?;
    let mut kinds: HashMap<Uuid, BTreeSet<_>> = HashMap::new();
    for (event, kind) in rows {
        let kind = row::text(TABLE, "kind", &kind, CommissionKind::parse)?;
        kinds.entry(event).or_default().insert(kind);
    }
    Ok(kinds)
}

/// The rows that adjust any of these, in the order of writing.
pub async fn adjusting(database: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Commission>, StoreError> {
    let one_of = many::among(database, Column::AdjustsId, ids);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    load::all(database, select, from_row).await
}

/// The ids of accrued rows that match the filter, in ascending order; `after`: only ids after this one.
pub async fn accrued(
    database: &Connection,
    scope: &Scope,
    filter: &CommissionFilter,
    after: Option<CommissionId>,
    limit: u64,
) -> Result<Vec<CommissionId>, StoreError> {
    let behind = after.map(|after| Column::Id.gt(after.uuid()));
    let select = filtered(scope, filter)
        .filter(
            Condition::all()
                .add(has_status(CommissionStatus::Accrued))
                .add_option(behind),
        )
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .limit(limit);
    let ids: Vec<Uuid> = select.into_tuple().all(database).await?;
    Ok(ids.into_iter().map(CommissionId::from_uuid).collect())
}
