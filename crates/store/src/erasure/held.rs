//! Everything that is held of a subject, place by place, for who asks what is known of them. The places are those that an
//! erasure goes through ([`super::places`]).

use sea_orm::QueryResult;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::decisions::details;
use super::eraser::SubjectReader;
use super::owned::{CUSTOMER_EXTERNAL_ID, bodies, log_entries, outbox_details, without_subject};
use super::places::{Change, Place, Step, steps};
use crate::{Connection, StoreError, row};
use auth::Scope;
use domain::erasure::Subject;

/// A value that is held of a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldValue {
    pub table: &'static str,
    pub column: &'static str,
    /// The id of the row, as the database has it.
    pub row: String,
    pub value: Json,
}

/// Where the next page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldPosition {
    step: usize,
    after: Option<Uuid>,
}

/// Some values, and where the next begin; `None`: there are no more.
pub struct HeldPage {
    pub values: Vec<HeldValue>,
    pub next: Option<HeldPosition>,
}

/// The values that are held of a subject, from a position on, in about `limit` rows.
pub async fn read_held(
    database: &Connection,
    scope: &Scope,
    subject: &Subject,
    at: HeldPosition,
    limit: usize,
) -> Result<HeldPage, StoreError> {
    let reader = SubjectReader::new(database, scope.tenant(), subject);
    let steps = steps(subject.kind());
    let Some(step) = steps.get(at.step) else {
        let (values, next) = (Vec::new(), None);
        return Ok(HeldPage { values, next });
    };
    let (values, last) = match step {
        Step::Columns(place) => columns(&reader, place, at.after, limit).await?,
        Step::AuditLog => audit_log(&reader, at.after, limit).await?,
        // Answers consist of ids.
        Step::Answers => (Vec::new(), None),
        Step::Deliveries => deliveries(&reader, at.after, limit).await?,
        Step::Outbox => (outbox(&reader).await?, None),
        Step::Decisions => decisions(&reader, at.after, limit).await?,
    };
    let next = match last {
        Some(after) => HeldPosition {
            step: at.step,
            after: Some(after),
        },
        None => HeldPosition {
            step: at.step + 1,
            after: None,
        },
    };
    let next = (next.step < steps.len()).then_some(next);
    Ok(HeldPage { values, next })
}

/// Values, and after which row more of the place may follow.
type Found = (Vec<HeldValue>, Option<Uuid>);

async fn columns(
    reader: &SubjectReader<'_>,
    place: &Place,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Found, StoreError> {
    let Place { table, key, of, .. } = place;
    let shown: Vec<_> = place
        .erased
        .iter()
        .filter(|(column, change)| change.is_shown(column))
        .collect();
    let columns = shown
        .iter()
        .map(|(column, _)| format!("CAST(t.{column} AS text) AS {column}"));
    let columns = columns.collect::<Vec<_>>().join(", ");
    // All rows of a key, since keys are what is gone through.
    let rows = format!("FROM {table} AS t WHERE t.tenant_id = {{tenant}} AND {of}");
    let sql = format!(
        "SELECT t.{key} AS key, {columns} {rows} AND t.{key} IN (
           SELECT DISTINCT t.{key} {rows} AND t.{key} > {{after}} ORDER BY t.{key} LIMIT {limit})
         ORDER BY t.{key}"
    );
    let rows = reader.after(after).rows(reader.database, &sql).await?;
    let (mut values, mut keys) = (Vec::new(), Vec::new());
    for row in &rows {
        let id: Uuid = row.try_get("", "key")?;
        keys.push(id);
        for (column, change) in &shown {
            if let Some(value) = held(row, column, *change)? {
                let row = id.to_string();
                values.push(HeldValue {
                    table,
                    column,
                    row,
                    value,
                });
            }
        }
    }
    keys.dedup();
    Ok((values, more(&keys, limit)))
}

/// The value of a cell; `None`: there is none, or it is erased.
fn held(row: &QueryResult, column: &str, change: Change) -> Result<Option<Json>, StoreError> {
    let text: Option<String> = row.try_get("", column)?;
    Ok(match text {
        Some(text) if change.is_of_document() => serde_json::from_str(&text).ok().filter(|json| *json != json!([])),
        text => text.map(Json::from),
    })
}

/// The last of as many keys as were asked for: more may follow.
fn more(keys: &[Uuid], limit: usize) -> Option<Uuid> {
    keys.last().copied().filter(|_| keys.len() >= limit)
}

async fn audit_log(reader: &SubjectReader<'_>, after: Option<Uuid>, limit: usize) -> Result<Found, StoreError> {
    let (entries, owned) = log_entries(reader, after, limit).await?;
    let mut values = Vec::new();
    for entry in &entries {
        let Some(left) = without_subject(reader.subject, &entry.changes, &owned) else {
            continue;
        };
        // What an erasure would take away.
        let gone: Vec<_> = entry.changes.iter().filter(|change| !left.contains(change)).collect();
        values.push(HeldValue {
            table: "audit_entry",
            column: "changes",
            row: entry.id.to_string(),
            value: row::to_json(&gone),
        });
    }
    let keys: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    Ok((values, more(&keys, limit)))
}

async fn deliveries(reader: &SubjectReader<'_>, after: Option<Uuid>, limit: usize) -> Result<Found, StoreError> {
    let (bodies, owned) = bodies(reader, after, limit).await?;
    let mut values = Vec::new();
    for delivery in &bodies {
        let external_ids = delivery.external_ids(&owned);
        if !external_ids.is_empty() {
            values.push(HeldValue {
                table: "webhook_delivery",
                column: "payload",
                row: delivery.id.to_string(),
                value: external_ids
                    .into_iter()
                    .map(|(name, id)| (name.to_owned(), Json::from(id)))
                    .collect(),
            });
        }
    }
    let keys: Vec<_> = bodies.iter().map(|delivery| delivery.id).collect();
    Ok((values, more(&keys, limit)))
}

async fn outbox(reader: &SubjectReader<'_>) -> Result<Vec<HeldValue>, StoreError> {
    let details = outbox_details(reader).await?.into_iter();
    let named = details.filter(|(_, detail)| detail[CUSTOMER_EXTERNAL_ID].is_string());
    Ok(named
        .map(|(id, detail)| HeldValue {
            table: "outbox",
            column: "detail",
            row: id.to_string(),
            value: json!({ CUSTOMER_EXTERNAL_ID: detail[CUSTOMER_EXTERNAL_ID] }),
        })
        .collect())
}

async fn decisions(reader: &SubjectReader<'_>, after: Option<Uuid>, limit: usize) -> Result<Found, StoreError> {
    let (mut values, mut keys) = (Vec::new(), Vec::new());
    for detail in details(reader, after, limit).await? {
        keys.push(detail.event);
        if detail.quotes {
            values.push(HeldValue {
                table: "event_decision",
                column: "detail",
                row: detail.event.to_string(),
                value: detail.text.into(),
            });
        }
    }
    keys.dedup();
    Ok((values, more(&keys, limit)))
}
