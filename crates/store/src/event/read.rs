//! Events by their ids and external ids, and reads over a customer's events.

use std::collections::HashMap;

use entity::attribution;
use entity::event::{Column, Entity};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::rows::from_joined;
use crate::attribution::{in_force, with_first};
use crate::scope::visible;
use crate::{Connection, StoreError, many};
use auth::Scope;
use domain::Timestamp;
use domain::event::{Event, EventKind};
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

/// When the first charge or conversion of the customer with the partner occurred, of those recorded before this event:
/// of any type, or of `event_type`.
pub async fn first_occurred_at(
    database: &Connection,
    scope: &Scope,
    (partner, customer): (PartnerId, CustomerId),
    event_type: Option<&str>,
    before: EventId,
) -> Result<Option<Timestamp>, StoreError> {
    use attribution::Column;
    let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
    let mut select = visible::<attribution::Entity>(scope)
        .select_only()
        .column(Column::OccurredAt)
        .filter(Column::PartnerId.eq(partner.uuid()))
        .filter(Column::CustomerId.eq(customer.uuid()))
        .filter(Column::EventId.lt(before.uuid()))
        .filter(Column::Kind.is_in(earning))
        .filter(in_force());
    if let Some(event_type) = event_type {
        select = select.filter(Column::Type.eq(event_type));
    }
    Ok(select
        .order_by_asc(Column::EventId)
        .limit(1)
        .into_tuple()
        .one(database)
        .await?)
}
