//! Events, to be checked against those that they take back, and against what is stored about them.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::marks::ask;
use super::{QuestionSubjects, one_of};
use crate::{Connection, StoreError, row};
use auth::Scope;
use domain::Timestamp;
use domain::event::EventKind;

/// An event, and the one that it takes back, if any.
#[derive(Clone, Debug)]
pub struct EventRow {
    pub id: Uuid,
    pub about: EventFacts,
    pub attribution: Option<Uuid>,
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
    pub partner: Option<Uuid>,
    pub campaign: Option<Uuid>,
    pub customer: Option<Uuid>,
    pub minor: Option<i64>,
    pub currency: Option<String>,
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
    /// Since when it has its present attribution; `None`: since it was recorded.
    pub attributed_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "SELECT event.id, event.kind, event.partner_id, event.campaign_id, event.customer_id, event.amount_minor,
  event.currency, event.refunded_minor, event.wholly_refunded, event.attributed_at,
  original.id, original.kind, original.partner_id, original.campaign_id, original.customer_id, original.amount_minor,
  original.currency, original.refunded_minor, original.wholly_refunded, original.attributed_at,
  event.attribution_id, event.recorded_at, event.sequence, event.audit_entry_id, event.original_id IS NOT NULL
  FROM event LEFT JOIN event AS original ON original.tenant_id = $1 AND original.id = event.original_id
  WHERE event.tenant_id = $1 AND event.";

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
    let (mine, place, order, values) = match whose {
        QuestionSubjects::Partners(ids) => {
            let (mine, ids) = one_of(backend, ids);
            let partner = after.and_then(|event| event.about.partner).unwrap_or_default();
            let place = "(event.partner_id, event.id) > ($3, $4)";
            (mine, place, "event.partner_id, event.id", vec![ids, partner.into(), id])
        }
        QuestionSubjects::Nobody | QuestionSubjects::Whole(_) => ("IS NULL", "event.id > $2", "event.id", vec![id]),
    };
    let sql = format!("{COLUMNS}partner_id {mine} AND {place} ORDER BY {order} LIMIT {limit}");
    read(database, scope, sql, values).await
}

/// These events.
pub async fn events_by_ids(database: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<Vec<EventRow>, StoreError> {
    let (these, ids) = one_of(database.get_database_backend(), ids);
    read(database, scope, format!("{COLUMNS}id {these}"), vec![ids]).await
}

async fn read(
    database: &Connection,
    scope: &Scope,
    sql: String,
    values: Vec<Value>,
) -> Result<Vec<EventRow>, StoreError> {
    ask(database, scope, &sql, values).await?.iter().map(event).collect()
}

fn event(found: &QueryResult) -> Result<EventRow, StoreError> {
    let original: Option<Uuid> = found.try_get_by_index(10)?;
    Ok(EventRow {
        id: found.try_get_by_index(0)?,
        about: about(found, 1)?,
        original: match original {
            Some(id) => Some((id, about(found, 11)?)),
            None => None,
        },
        attribution: found.try_get_by_index(20)?,
        recorded_at: found.try_get_by_index(21)?,
        sequence: found.try_get_by_index(22)?,
        audit_entry: found.try_get_by_index(23)?,
        names_original: found.try_get_by_index(24)?,
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
        attributed_at: found.try_get_by_index(first + 8)?,
    })
}
