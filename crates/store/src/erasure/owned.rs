//! Copies that name objects of the subject: in the audit log, in answers by idempotency key, and in webhooks.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use super::eraser::{Eraser, Pass, SubjectReader};
use super::places::{objects, salted};
use crate::{StoreError, row};
use domain::audit::FieldChange;
use domain::erasure::{Subject, without_values};
use domain::id::parse_any;
use domain::personal::RowSalt;

/// Which of these are objects of the subject.
pub(super) async fn owned(
    reader: &SubjectReader<'_>,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashSet<Uuid>, StoreError> {
    let ids: HashSet<_> = ids.into_iter().collect();
    let Some(objects) = objects(reader.subject.kind()).filter(|_| !ids.is_empty()) else {
        return Ok(HashSet::new());
    };
    let literal = |id: &Uuid| match reader.database.get_database_backend() {
        DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("x'{}'", id.simple()),
    };
    // Nothing of them is text of somebody else: ids are digits.
    let asked = ids.iter().map(literal).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT own.id AS id FROM ({objects}) AS own WHERE own.id IN ({asked})");
    let rows = reader.values.rows(reader.database, &sql).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

fn key(row: &QueryResult) -> Result<Uuid, StoreError> {
    Ok(row.try_get("", "key")?)
}

fn document(row: &QueryResult, column: &str) -> Result<Json, StoreError> {
    let text: String = row.try_get("", column)?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// The salt without that of a document, of which `text` was the canonical form.
fn sealed(salt: &[u8], columns: &[&str], column: &str, text: &str) -> Option<Vec<u8>> {
    let salt = RowSalt::parse(salt).ok()?;
    Some(salt.erase(columns, &[(column, Some(text.as_bytes()))]).to_bytes())
}

/// An entry of the audit log about objects of the subject.
pub(super) struct LogEntry {
    pub id: Uuid,
    pub changes: Vec<FieldChange>,
    salt: Vec<u8>,
}

/// The next entries about objects of the subject, and which objects that they name are the subject's.
pub(super) async fn log_entries(
    reader: &SubjectReader<'_>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<(Vec<LogEntry>, HashSet<Uuid>), StoreError> {
    let Some(objects) = objects(reader.subject.kind()) else {
        return Ok(Default::default());
    };
    let sql = format!(
        "SELECT t.id AS key, CAST(t.changes AS text) AS changes, t.salt FROM audit_entry AS t
         WHERE t.tenant_id = {{tenant}} AND t.id > {{after}} AND t.id IN (
           SELECT entry_id FROM audit_object WHERE tenant_id = {{tenant}} AND object_id IN ({objects}))
         ORDER BY t.id LIMIT {limit}"
    );
    let rows = reader.after(after).rows(reader.database, &sql).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for found in &rows {
        entries.push(LogEntry {
            id: key(found)?,
            changes: row::json("audit_entry", "changes", document(found, "changes")?)?,
            salt: found.try_get("", "salt")?,
        });
    }
    let named = entries.iter().flat_map(|entry| &entry.changes);
    let named = named.filter_map(|change| Some(parse_any(&change.object_id)?.1));
    let owned = owned(reader, named).await?;
    Ok((entries, owned))
}

/// The changes without what they say of the subject; `None`: they say nothing of it.
pub(super) fn without_subject(
    subject: &Subject,
    changes: &[FieldChange],
    owned: &HashSet<Uuid>,
) -> Option<Vec<FieldChange>> {
    let is_subjects = |object: &str| parse_any(object).is_some_and(|(_, id)| owned.contains(&id));
    match subject {
        // Of an individual only what names it.
        Subject::Recipient { name: Some(name), .. } => without_name(changes, name, is_subjects),
        _ => without_values(changes, is_subjects),
    }
}

/// Takes personal values of the subject's objects out of what the audit log says was changed.
pub(super) async fn erase_log(eraser: &Eraser<'_>, after: Option<Uuid>, limit: usize) -> Result<Pass, StoreError> {
    let reader = &eraser.reader;
    let (entries, owned) = log_entries(reader, after, limit).await?;
    let mut pass = Pass::NOTHING;
    for LogEntry { id, changes, salt } in &entries {
        pass.seen += 1;
        pass.last = Some(*id);
        let left = without_subject(reader.subject, changes, &owned);
        let before = row::to_json(changes).to_string();
        let salt = sealed(salt, salted::AUDIT_ENTRY, "audit_entry.changes", &before);
        let (Some(left), Some(salt)) = (left, salt) else {
            continue;
        };
        let sql = format!(
            "UPDATE audit_entry SET changes = {}, salt = {{salt}} WHERE tenant_id = {{tenant}} AND id = {{key}}",
            reader.document("changes")
        );
        let values = reader.values.with("key", *id).with("salt", salt);
        let values = values.with("changes", row::to_json(&left).to_string());
        pass.changed += values.execute(reader.database, &sql).await?;
    }
    Ok(pass)
}

/// The changes without values that are exactly this name.
fn without_name(changes: &[FieldChange], name: &str, is_subjects: impl Fn(&str) -> bool) -> Option<Vec<FieldChange>> {
    let is_name = |value: &Json| value.as_str() == Some(name);
    let names_it = |change: &FieldChange| {
        let is_whole = |value: &Json| value.as_object().is_some_and(|fields| fields.values().any(is_name));
        let mut values = [&change.before, &change.after].into_iter().flatten();
        values.any(|value| is_name(value) || is_whole(value))
    };
    let named: HashSet<_> = changes
        .iter()
        .filter(|change| names_it(change))
        .map(|change| &change.object_id)
        .collect();
    without_values(changes, |object| {
        named.iter().any(|id| *id == object) && is_subjects(object)
    })
}

/// All ids of objects that a document names, at whatever depth.
fn ids(document: &Json) -> Vec<Uuid> {
    match document {
        Json::String(text) => parse_any(text).map(|(_, id)| id).into_iter().collect(),
        Json::Array(items) => items.iter().flat_map(ids).collect(),
        Json::Object(members) => members.values().flat_map(ids).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) => Vec::new(),
    }
}

/// Takes the salt of the input that answers were given for, so that nobody can try out inputs. The answers are ids.
pub(super) async fn erase_answers(eraser: &Eraser<'_>, after: Option<Uuid>, limit: usize) -> Result<Pass, StoreError> {
    let reader = &eraser.reader;
    let sql = format!(
        "SELECT t.id AS key, CAST(t.answer AS text) AS answer, t.content, t.salt FROM idempotency AS t
         WHERE t.tenant_id = {{tenant}} AND t.id > {{after}} ORDER BY t.id LIMIT {limit}"
    );
    let rows = reader.after(after).rows(reader.database, &sql).await?;
    let mut pass = Pass::NOTHING;
    let mut answers = Vec::with_capacity(rows.len());
    for found in &rows {
        let content: Vec<u8> = found.try_get("", "content")?;
        let salt: Vec<u8> = found.try_get("", "salt")?;
        answers.push((key(found)?, ids(&document(found, "answer")?), content, salt));
    }
    let owned = owned(reader, answers.iter().flat_map(|(_, ids, _, _)| ids.clone())).await?;
    for (id, ids, content, salt) in &answers {
        pass.seen += 1;
        pass.last = Some(*id);
        if !ids.iter().any(|id| owned.contains(id)) {
            continue;
        }
        let Ok(salt) = RowSalt::parse(salt) else { continue };
        let erased = [("idempotency.content", Some(&content[..]))];
        let values = reader.values.with("key", *id);
        let values = values.with("salt", salt.erase(salted::ANSWER, &erased).to_bytes());
        let sql = "UPDATE idempotency SET salt = {salt} WHERE tenant_id = {tenant} AND id = {key}";
        pass.changed += values.execute(reader.database, sql).await?;
    }
    Ok(pass)
}

/// The members of bodies that are external ids, and those beside them that say whose.
const EXTERNAL: [(&str, &str); 3] = [
    ("partnerExternalId", "partnerId"),
    ("eventExternalId", "eventId"),
    ("customerExternalId", "customerId"),
];

/// A body of a webhook, and what receivers answered to it.
pub(super) struct DeliveryBody {
    pub id: Uuid,
    pub body: Json,
    attempts: Json,
}

impl DeliveryBody {
    /// The members that are external ids of the subject's objects, and their values.
    pub fn external_ids(&self, owned: &HashSet<Uuid>) -> Vec<(&'static str, &str)> {
        let data = &self.body["data"];
        let found = EXTERNAL.iter().filter_map(|(external, of)| {
            let (_, whose) = parse_any(data[of].as_str()?)?;
            Some((*external, data[external].as_str().filter(|_| owned.contains(&whose))?))
        });
        found.collect()
    }
}

/// The next bodies, and which objects that they name are the subject's.
pub(super) async fn bodies(
    reader: &SubjectReader<'_>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<(Vec<DeliveryBody>, HashSet<Uuid>), StoreError> {
    let sql = format!(
        "SELECT t.id AS key, t.payload, CAST(t.attempts AS text) AS attempts FROM webhook_delivery AS t
         WHERE t.tenant_id = {{tenant}} AND t.id > {{after}} ORDER BY t.id LIMIT {limit}"
    );
    let rows = reader.after(after).rows(reader.database, &sql).await?;
    let mut bodies = Vec::with_capacity(rows.len());
    for found in &rows {
        let (body, attempts) = (document(found, "payload")?, document(found, "attempts")?);
        let id = key(found)?;
        bodies.push(DeliveryBody { id, body, attempts });
    }
    let named = bodies.iter().flat_map(|delivery| ids(&delivery.body));
    let owned = owned(reader, named).await?;
    Ok((bodies, owned))
}

/// Sets external ids of the subject's objects null in the bodies of webhooks, and forgets what receivers answered, which
/// may repeat a body.
pub(super) async fn erase_deliveries(
    eraser: &Eraser<'_>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Pass, StoreError> {
    let reader = &eraser.reader;
    let (mut bodies, owned) = bodies(reader, after, limit).await?;
    let mut pass = Pass::NOTHING;
    for delivery in &mut bodies {
        pass.seen += 1;
        pass.last = Some(delivery.id);
        let external: Vec<_> = delivery.external_ids(&owned).iter().map(|(name, _)| *name).collect();
        if external.is_empty() {
            continue;
        }
        for name in external {
            delivery.body["data"][name] = Json::Null;
        }
        for attempt in delivery.attempts.as_array_mut().into_iter().flatten() {
            attempt["answer"] = Json::Null;
        }
        let sql = format!(
            "UPDATE webhook_delivery SET payload = {{payload}}, attempts = {}
             WHERE tenant_id = {{tenant}} AND id = {{key}}",
            reader.document("attempts")
        );
        let values = reader.values.with("key", delivery.id);
        let values = values.with("payload", delivery.body.to_string());
        let values = values.with("attempts", delivery.attempts.to_string());
        pass.changed += values.execute(reader.database, &sql).await?;
    }
    Ok(pass)
}

/// What is still to be said of a customer to webhooks, if that names its external id: the row's number and its detail.
/// Such rows are few: one for each move.
pub(super) async fn outbox_details(reader: &SubjectReader<'_>) -> Result<Vec<(i64, Json)>, StoreError> {
    let sql = "SELECT t.id, CAST(t.detail AS text) AS detail FROM outbox AS t
      WHERE t.tenant_id = {tenant} AND t.object_id = {subject} AND t.detail IS NOT NULL";
    let mut details = Vec::new();
    for found in reader.values.rows(reader.database, sql).await? {
        let detail = document(&found, "detail")?;
        if detail.get(CUSTOMER_EXTERNAL_ID).is_some() {
            details.push((found.try_get("", "id")?, detail));
        }
    }
    Ok(details)
}

pub(super) const CUSTOMER_EXTERNAL_ID: &str = "customerExternalId";

/// Sets the external id of a customer null in what is still to be said of it.
pub(super) async fn erase_outbox(eraser: &Eraser<'_>) -> Result<Pass, StoreError> {
    let reader = &eraser.reader;
    let mut pass = Pass::NOTHING;
    for (id, mut detail) in outbox_details(reader).await? {
        detail[CUSTOMER_EXTERNAL_ID] = Json::Null;
        let sql = format!(
            "UPDATE outbox SET detail = {} WHERE tenant_id = {{tenant}} AND id = {{key}}",
            reader.document("detail")
        );
        let values = reader.values.with("key", id).with("detail", detail.to_string());
        pass.changed += values.execute(reader.database, &sql).await?;
    }
    Ok(pass)
}
