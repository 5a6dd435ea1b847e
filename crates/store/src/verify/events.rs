//! Events, to be checked against those that they take back, and against what is stored about them.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::marks::ask;
use super::{QuestionSubjects, one_of};
use crate::{Connection, StoreError, event as stored, row};
use auth::Scope;
use domain::Timestamp;
use domain::event::EventKind;
use domain::items::{Item, ItemRefund};

/// An event, and the one that it takes back, if any.
#[derive(Clone, Debug)]
pub struct EventRow {
    pub id: Uuid,
    pub about: EventFacts,
    pub names_original: bool,
    /// `None`: it names none, or one that does not exist.
    pub original: Option<(Uuid, EventFacts)>,
    pub recorded_at: Timestamp,
    pub sequence: Option<i64>,
    pub audit_entry: Option<Uuid>,
}

/// What an event shares with its refunds, and what is stored about these.
#[derive(Clone, Debug)]
pub struct EventFacts {
    pub kind: EventKind,
    /// To whom it is credited: by the attribution in force that it names as its first.
    pub partner: Option<Uuid>,
    pub campaign: Option<Uuid>,
    pub customer: Option<Uuid>,
    pub minor: Option<i64>,
    pub currency: Option<String>,
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
    pub items: Vec<Item>,
    pub refunded_items: Vec<ItemRefund>,
    /// When its present attribution was written; `None`: with the event, or there is none.
    pub moved_at: Option<Timestamp>,
}

/// `{credited}` stands for how events and their attributions are joined.
const SELECT: &str =
    "SELECT event.id, event.kind, credited.partner_id, credited.campaign_id, event.customer_id, event.amount_minor,
  event.currency, event.refunded_minor, event.wholly_refunded, credited.moved_at, event.items, event.refunded_items,
  original.id, original.kind, former.partner_id, former.campaign_id, original.customer_id, original.amount_minor,
  original.currency, original.refunded_minor, original.wholly_refunded, former.moved_at, original.items,
  original.refunded_items,
  event.recorded_at, credited.sequence, event.audit_entry_id, event.original_id IS NOT NULL
  FROM {credited} LEFT JOIN event AS original ON original.tenant_id = $1 AND original.id = event.original_id
  LEFT JOIN attribution AS former ON former.tenant_id = $1 AND former.id = original.primary_attribution_id
  WHERE event.tenant_id = $1 AND ";

/// Each event with its first attribution, if it has one.
const EVENTS: &str = "event LEFT JOIN attribution AS credited ON credited.tenant_id = $1
  AND credited.id = event.primary_attribution_id AND credited.event_id = event.id AND credited.ended_at IS NULL";

/// Each attribution in force with its event.
const ATTRIBUTIONS: &str =
    "attribution AS credited JOIN event ON event.tenant_id = $1 AND event.id = credited.event_id";

/// The next events of these partners, partner by partner, or of no partner, at most `limit`, in the order of their ids:
/// the index by which they are found has them in this order, so that nothing is sorted. `after`: the last one that was
/// read.
pub async fn events_after(
    database: &Connection,
    scope: &Scope,
    whose: QuestionSubjects<'_>,
    after: Option<&EventRow>,
    limit: u64,
) -> Result<Vec<EventRow>, StoreError> {
    let backend = database.get_database_backend();
    let id: Value = after.map_or(Uuid::nil(), |event| event.id).into();
    let (from, which, order, values) = match whose {
        QuestionSubjects::Partners(ids) => {
            let (mine, ids) = one_of(backend, ids);
            let partner = after.and_then(|event| event.about.partner).unwrap_or_default();
            let which = format!(
                "credited.tenant_id = $1 AND credited.ended_at IS NULL AND credited.partner_id {mine}
                 AND (credited.partner_id, credited.event_id) > ($3, $4)"
            );
            let order = "credited.partner_id, credited.event_id";
            (ATTRIBUTIONS, which, order, vec![ids, partner.into(), id])
        }
        QuestionSubjects::Nobody | QuestionSubjects::Whole(_) => {
            let which = "event.primary_attribution_id IS NULL AND event.id > $2".to_owned();
            (EVENTS, which, "event.id", vec![id])
        }
    };
    let sql = format!("{SELECT}{which} ORDER BY {order} LIMIT {limit}");
    read(database, scope, from, sql, values).await
}

/// These events.
pub async fn events_by_ids(database: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<Vec<EventRow>, StoreError> {
    let (these, ids) = one_of(database.get_database_backend(), ids);
    read(database, scope, EVENTS, format!("{SELECT}event.id {these}"), vec![ids]).await
}

async fn read(
    database: &Connection,
    scope: &Scope,
    credited: &str,
    sql: String,
    values: Vec<Value>,
) -> Result<Vec<EventRow>, StoreError> {
    let sql = sql.replace("{credited}", credited);
    ask(database, scope, &sql, values).await?.iter().map(event).collect()
}

fn event(found: &QueryResult) -> Result<EventRow, StoreError> {
    let original: Option<Uuid> = found.try_get_by_index(12)?;
    Ok(EventRow {
        id: found.try_get_by_index(0)?,
        about: about(found, 1)?,
        original: match original {
            Some(id) => Some((id, about(found, 13)?)),
            None => None,
        },
        recorded_at: found.try_get_by_index(24)?,
        sequence: found.try_get_by_index(25)?,
        audit_entry: found.try_get_by_index(26)?,
        names_original: found.try_get_by_index(27)?,
    })
}

fn about(found: &QueryResult, first: usize) -> Result<EventFacts, StoreError> {
    let kind: String = found.try_get_by_index(first)?;
    Ok(EventFacts {
        kind: row::text("event", "kind", &kind, EventKind::parse)?,
        partner: found.try_get_by_index(first + 1)?,
        campaign: found.try_get_by_index(first + 2)?,
        customer: found.try_get_by_index(first + 3)?,
        minor: found.try_get_by_index(first + 4)?,
        currency: found.try_get_by_index(first + 5)?,
        refunded_minor: found.try_get_by_index(first + 6)?,
        wholly_refunded: found.try_get_by_index(first + 7)?,
        moved_at: found.try_get_by_index(first + 8)?,
        items: stored::stored_list("items", found.try_get_by_index(first + 9)?)?,
        refunded_items: stored::stored_list("refunded_items", found.try_get_by_index(first + 10)?)?,
    })
}
