//! Events by their ids and external ids, and reads over a customer's events.

use std::collections::HashMap;

use entity::attribution;
use entity::event::{Column, Entity};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::rows::from_joined;
use crate::attribution::{in_force, with_first};
use crate::scope::visible;
use crate::{Connection, StoreError, many};
use auth::Scope;
use domain::accrual::FirstEvents;
use domain::event::Event;
use domain::id::{CustomerId, EventId, PartnerId};

/// The events of a select, with their attributions.
pub(crate) async fn all(
    database: &Connection,
    scope: &Scope,
    select: Select<Entity>,
) -> Result<Vec<Event>, StoreError> {
    let select = with_first(scope, select).select_also(attribution::Entity);
    select.all(database).await?.into_iter().map(from_joined).collect()
}

/// Events by their ids.
pub async fn by_ids(database: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<HashMap<Uuid, Event>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = visible::<Entity>(scope).filter(many::among(database, Column::Id, ids));
    let events = all(database, scope, select).await?.into_iter();
    Ok(events.map(|event| (event.id.uuid(), event)).collect())
}

/// The events that rows of a partner name, which it may know whoever they are credited to now.
pub async fn named_by_ids(
    database: &Connection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Event>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let whole = Scope::tenant_wide(scope.tenant());
    let select = visible::<Entity>(&whole).filter(many::among(database, Column::Id, ids));
    let events = all(database, scope, select).await?.into_iter();
    Ok(events.map(|event| (event.id.uuid(), event)).collect())
}

/// Events by the ids that other systems gave them.
pub async fn by_external_ids(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, Event>, StoreError> {
    if external_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let one_of = many::among_texts(database, Column::ExternalId, external_ids);
    let events = all(database, scope, visible::<Entity>(scope).filter(one_of)).await?;
    let events = events.into_iter();
    Ok(events.map(|event| (event.external_id.clone(), event)).collect())
}

pub async fn find_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Event>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::ExternalId.eq(external_id));
    Ok(all(database, scope, select).await?.into_iter().next())
}

/// When the first events of the customer with the partner occurred that were recorded before this event and count for
/// FIRST: of any type, or of `event_type`. One statement.
pub async fn first_events(
    database: &Connection,
    scope: &Scope,
    (partner, customer): (PartnerId, CustomerId),
    event_type: Option<&str>,
    before: EventId,
) -> Result<FirstEvents, StoreError> {
    use attribution::Column;
    let first = |needs_amount: bool| {
        let mut select = visible::<attribution::Entity>(scope)
            .select_only()
            .column(Column::OccurredAt)
            .filter(Column::PartnerId.eq(partner.uuid()))
            .filter(Column::CustomerId.eq(customer.uuid()))
            .filter(Column::EventId.lt(before.uuid()))
            .filter(Column::Qualifying.eq(true))
            .filter(in_force());
        if needs_amount {
            select = select.filter(Column::HasAmount.eq(true));
        }
        if let Some(event_type) = event_type {
            select = select.filter(Column::Type.eq(event_type));
        }
        let select = select.order_by_asc(Column::EventId).limit(1).into_query();
        Expr::SubQuery(None, Box::new(select.into()))
    };
    let both = Query::select()
        .expr_as(first(false), "qualifying")
        .expr_as(first(true), "with_amount")
        .take();
    let Some(row) = database.query_one(&both).await? else {
        return Ok(FirstEvents::default());
    };
    Ok(FirstEvents {
        qualifying: row.try_get("", "qualifying")?,
        with_amount: row.try_get("", "with_amount")?,
    })
}
