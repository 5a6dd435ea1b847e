//! Events by their ids and external ids, and reads over a customer's events.

use std::collections::HashMap;

use entity::attribution;
use entity::event::{Column, Entity};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, IdenStatic, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::rows::from_joined;
use crate::attribution::{in_force, with_first};
use crate::scope::visible;
use crate::{Connection, StoreError, many};
use auth::Scope;
use domain::accrual::{CustomerStage, FirstEvents};
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

/// What was recorded of the customers of these events before each of them, with any partner of the tenant. One
/// statement; events without a customer are left out.
pub async fn customer_stages(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, CustomerStage>, StoreError> {
    if events.is_empty() {
        return Ok(HashMap::new());
    }
    let (event, customer) = (Column::Id.as_column_ref(), Column::CustomerId.as_column_ref());
    let mut select = visible::<Entity>(scope)
        .filter(Column::CustomerId.is_not_null())
        .filter(many::among(database, Column::Id, events))
        .select_only()
        .column_as(Column::Id, "id")
        .into_query();
    add_stage(&mut select, scope, Expr::col(customer), Some(Expr::col(event)));
    read_stages(database, &select).await
}

/// What was recorded so far of each of these customers, with any partner of the tenant. One statement.
pub async fn customer_stages_now(
    database: &Connection,
    scope: &Scope,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, CustomerStage>, StoreError> {
    use entity::customer;
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = visible::<customer::Entity>(scope)
        .filter(many::among(database, customer::Column::Id, customers))
        .select_only()
        .column_as(customer::Column::Id, "id")
        .into_query();
    let id = customer::Column::Id.as_column_ref();
    add_stage(&mut select, scope, Expr::col(id), None);
    read_stages(database, &select).await
}

/// Selects whether a customer has events that are credited to somebody and count for FIRST, and such with an amount
/// above 0: of any time, or only those before this event.
fn add_stage(select: &mut SelectStatement, scope: &Scope, customer: Expr, before: Option<Expr>) {
    let earlier = Alias::new("earlier");
    let of_earlier = |column: Column| Expr::col((earlier.clone(), Alias::new(column.as_str())));
    for (name, needs_amount) in [("qualifying", false), ("with_amount", true)] {
        let has_amount = of_earlier(Column::AmountMinor).gt(0);
        let is_conversion = of_earlier(Column::Kind).eq(EventKind::Conversion.as_str());
        let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
        let mut found = Query::select()
            .expr(Expr::val(1))
            .from_as(Entity, earlier.clone())
            .and_where(of_earlier(Column::TenantId).eq(scope.tenant().uuid()))
            .and_where(of_earlier(Column::CustomerId).eq(customer.clone()))
            .and_where(of_earlier(Column::PrimaryAttributionId).is_not_null())
            .and_where(of_earlier(Column::Kind).is_in(earning))
            .and_where(if needs_amount {
                has_amount
            } else {
                has_amount.or(is_conversion)
            })
            .take();
        if let Some(before) = &before {
            found.and_where(of_earlier(Column::Id).lt(before.clone()));
        }
        select.expr_as(Expr::exists(found), name);
    }
}

async fn read_stages(
    database: &Connection,
    select: &SelectStatement,
) -> Result<HashMap<Uuid, CustomerStage>, StoreError> {
    let mut stages = HashMap::new();
    for row in database.query_all(select).await? {
        let (qualifying, with_amount): (bool, bool) = (row.try_get("", "qualifying")?, row.try_get("", "with_amount")?);
        let stage = match (with_amount, qualifying) {
            (true, _) => CustomerStage::Buyer,
            (false, true) => CustomerStage::Lead,
            (false, false) => CustomerStage::New,
        };
        stages.insert(row.try_get("", "id")?, stage);
    }
    Ok(stages)
}
