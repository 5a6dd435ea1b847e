//! The refunds and chargebacks of events.

use std::collections::HashMap;

use entity::event::{Column, Entity};
use entity::event_refunded;
use sea_orm::{IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::all;
use super::rows::refunded_items;
use crate::scope::visible;
use crate::writes::Writes;
use crate::{Connection, StoreError, many, view};
use auth::Scope;
use domain::event::Event;
use domain::id::TenantId;

/// The refunds and chargebacks of events, in the order of recording.
pub fn refunds() -> view::Family {
    view::Family {
        table: &view::EVENT,
        parent: view::column(Column::OriginalId),
        through: None,
        order: view::Order {
            key: None,
            id: view::column(Column::Id),
            found_by: None,
            descending: false,
        },
    }
}

/// The refunds and chargebacks of each event, in the order of recording.
pub async fn refunds_of(
    database: &Connection,
    scope: &Scope,
    originals: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Event>>, StoreError> {
    let one_of = many::among(database, Column::OriginalId, originals);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    let mut refunds: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for refund in all(database, scope, select).await? {
        let original = refund.original_id.map(|id| id.uuid()).unwrap_or_default();
        refunds.entry(original).or_default().push(refund);
    }
    Ok(refunds)
}

/// Writes how far these events are refunded; each is given once.
pub fn set_refunded<'a>(writes: &mut Writes, tenant: TenantId, refunded: impl IntoIterator<Item = &'a Event>) {
    let rows = refunded.into_iter().map(|event| {
        let row = event_refunded::Model {
            tenant_id: tenant.uuid(),
            id: event.id.uuid(),
            refunded_minor: event.refunded_minor,
            wholly_refunded: event.wholly_refunded,
            refunded_items: refunded_items(&event.refunded_items),
        };
        row.into_active_model()
    });
    writes.set(rows);
}
