//! Events by their ids and external ids, and reads over a customer's events.

use std::collections::HashMap;

use entity::event::{Column, Entity};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, load};
use auth::Scope;
use domain::Timestamp;
use domain::event::{Event, EventKind};
use domain::id::{CustomerId, EventId, PartnerId};

table_functions!(Event, EventId: find_by_external_id, by_ids, by_external_ids);

/// Events by the id of their attribution.
pub async fn by_attributions(
    database: &Connection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Event>, StoreError> {
    load::by_ids(database, visible::<Entity>(scope), Column::AttributionId, ids, from_row).await
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
    let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
    let mut select = visible::<Entity>(scope)
        .select_only()
        .column(Column::OccurredAt)
        .filter(Column::PartnerId.eq(partner.uuid()))
        .filter(Column::CustomerId.eq(customer.uuid()))
        .filter(Column::Id.lt(before.uuid()))
        .filter(Column::Kind.is_in(earning));
    if let Some(event_type) = event_type {
        select = select.filter(Column::Type.eq(event_type));
    }
    Ok(select
        .order_by_asc(Column::Id)
        .limit(1)
        .into_tuple()
        .one(database)
        .await?)
}
