//! From rows to events and back.

use entity::{attribution, event};
use sea_orm::prelude::Json;

use super::TABLE;
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use crate::{StoreError, row, salt, view};
use domain::event::Event;
use domain::id::TenantId;
use domain::items::ItemRefund;
use domain::money::Money;
use domain::personal::Content;

fn money(
    amount: &'static str,
    currency: &'static str,
    minor: Option<i64>,
    code: Option<String>,
) -> Result<Option<Money>, StoreError> {
    let (Some(minor), Some(code)) = (minor, code) else {
        return Ok(None);
    };
    row::money(TABLE, amount, minor, row::currency(TABLE, currency, &code)?).map(Some)
}

/// A list as it is stored: nothing, where it is empty.
fn listed<T: serde::Serialize>(list: &[T]) -> Option<Json> {
    (!list.is_empty()).then(|| row::to_json(&list))
}

/// A list that is stored in this column.
pub(crate) fn list<T: serde::de::DeserializeOwned>(
    column: &'static str,
    stored: Option<Json>,
) -> Result<Vec<T>, StoreError> {
    stored.map_or_else(|| Ok(Vec::new()), |stored| row::json(TABLE, column, stored))
}

/// How much of each item is refunded, as it is stored.
pub(crate) fn refunded_items(refunded: &[ItemRefund]) -> Option<Json> {
    listed(refunded)
}

table_functions!(Event: at_hand but "audit_entry_id", "content", "salt");

/// The row of a new event, with a salt.
pub(crate) fn to_new_row(tenant: TenantId, event: &Event) -> event::Model {
    let salt = salt::draw();
    event::Model {
        content: event.content.salted(&salt),
        salt: salt.to_vec(),
        ..to_row(tenant, event)
    }
}

/// Decodes a row whose columns were all read under names with this prefix: the event without its attribution.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Event, StoreError> {
    from_row(view::whole(row, prefix)?)
}

/// The row of an event, and that of the attribution that it was joined to.
pub(crate) type JoinedRow = (event::Model, Option<attribution::Model>);

pub(crate) fn from_joined((row, credited): JoinedRow) -> Result<Event, StoreError> {
    Ok(Event {
        attribution: credited.map(crate::attribution::from_row).transpose()?,
        ..from_row(row)?
    })
}

// Without the id of the audit log entry, which the domain value does not carry, and the salted content.
mapped! {
    fn (row: event::Model, event: Event) of TABLE;
    both: id, external_id, kind, base, occurred_at, recorded_at, customer_id, original_id, metadata,
        country, refunded_minor, wholly_refunded;
    read: {
        event_type: row.r#type,
        amount: money("amount_minor", "currency", row.amount_minor, row.currency)?,
        revenue: money("revenue_minor", "revenue_currency", row.revenue_minor, row.revenue_currency)?,
        items: list("items", row.items)?,
        refunded_items: list("refunded_items", row.refunded_items)?,
        content: Content::Stored { salt: row.salt, hash: row.content },
        attribution: None,
    }
    written: {
        r#type: event.event_type.clone(),
        amount_minor: event.amount.map(Money::minor),
        currency: event.amount.map(|amount| amount.currency().code().to_owned()),
        revenue_minor: event.revenue.map(Money::minor),
        revenue_currency: event.revenue.map(|revenue| revenue.currency().code().to_owned()),
        primary_attribution_id: event.attribution.map(|attribution| attribution.id.uuid()),
        items: listed(&event.items),
        refunded_items: refunded_items(&event.refunded_items),
        audit_entry_id: None,
        content: Vec::new(),
        salt: Vec::new(),
    }
}
