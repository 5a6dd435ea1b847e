//! One batch of an erasure.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

use super::decisions::erase_decisions;
use super::eraser::{Eraser, Pass, SubjectReader};
use super::owned::{erase_answers, erase_deliveries, erase_log, erase_outbox};
use super::places::{Change, Place, Step, steps};
use crate::scope::visible;
use crate::{StoreError, Transaction};
use auth::Scope;
use domain::Timestamp;
use domain::erasure::{SubjectKind, placeholder};
use domain::id::{ErasureId, TenantId};
use domain::personal::RowSalt;
use domain::text;
use entity::erasure::{Column, Entity};

/// What a batch has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many rows it changed.
    pub changed: u64,
    /// Whether nothing is left.
    pub is_last: bool,
}

/// Erases the next rows of an erasure, at most about `limit`; `None` if it is finished, or there is no such erasure. Fails
/// with [`StoreError::Corrupt`] if external ids have to be replaced and there is no key for that.
pub async fn erase(
    transaction: &Transaction,
    tenant: TenantId,
    id: ErasureId,
    pseudonym: &(dyn Fn(&str) -> Option<String> + Sync),
    (limit, now): (usize, Timestamp),
) -> Result<Option<Batch>, StoreError> {
    let scope = Scope::tenant_wide(tenant);
    let unfinished = visible::<Entity>(&scope)
        .filter(Column::Id.eq(id.uuid()).and(Column::FinishedAt.is_null()))
        .lock_exclusive();
    let Some(row) = unfinished.one(transaction.connection()).await? else {
        return Ok(None);
    };
    crate::locks::hold_object::<Entity>(transaction, id.uuid());
    lock_subject(transaction, &scope, &row).await?;
    let (mut step, mut after) = (usize::try_from(row.step).unwrap_or_default(), row.after_id);
    let erasure = super::from_row(row)?;
    let eraser = Eraser {
        reader: SubjectReader::new(transaction, tenant, &erasure.subject),
        placeholder: placeholder(erasure.number),
        pseudonym,
    };
    let own = eraser.reader.values.with("id", id.uuid());
    let begin = "UPDATE erasure SET under_way = 1 WHERE tenant_id = {tenant} AND id = {id}";
    own.execute(transaction, begin).await?;
    let steps = steps(erasure.subject.kind());
    let (mut changed, mut room) = (0, limit);
    while let Some(current) = steps.get(step) {
        let pass = eraser.pass(current, after, room).await?;
        changed += pass.changed;
        let is_through = pass.seen < room;
        room = room.saturating_sub(pass.seen);
        (step, after) = match is_through {
            true => (step + 1, None),
            false => (step, pass.last),
        };
        if room == 0 {
            break;
        }
    }
    let is_last = step >= steps.len();
    let end = "UPDATE erasure SET under_way = NULL, step = {step}, after_id = {after}, finished_at = {finished},
      changed_rows = changed_rows + {changed},
      subject_name = CASE WHEN {last} = 1 THEN {kept_name} ELSE subject_name END
      WHERE tenant_id = {tenant} AND id = {id}";
    let end_values = own
        .with("step", i32::try_from(step).unwrap_or(i32::MAX))
        .with("after", after)
        .with("finished", is_last.then_some(now))
        .with("changed", i32::try_from(changed).unwrap_or(i32::MAX))
        .with("kept_name", erasure.subject.name().and_then(pseudonym))
        .with("last", i32::from(is_last));
    end_values.execute(transaction, end).await?;
    transaction.counted(changed);
    Ok(Some(Batch { changed, is_last }))
}

/// Locks the partner or customer first, as everything does that changes their rows, so that no transactions wait for each
/// other.
async fn lock_subject(
    transaction: &Transaction,
    scope: &Scope,
    row: &entity::erasure::Model,
) -> Result<(), StoreError> {
    macro_rules! lock {
        ($table:ident, $id:expr) => {{
            use entity::$table::{Column, Entity};
            let select = visible::<Entity>(scope).filter(Column::Id.eq($id)).lock_exclusive();
            select.one(transaction.connection()).await?;
            crate::locks::hold_object::<Entity>(transaction, $id);
        }};
    }
    match (SubjectKind::parse(&row.subject), row.subject_id) {
        (Some(SubjectKind::Partner | SubjectKind::Recipient), Some(id)) => lock!(partner, id),
        (Some(SubjectKind::Customer), Some(id)) => lock!(customer, id),
        _ => {}
    }
    Ok(())
}

impl Eraser<'_> {
    async fn pass(&self, step: &Step, after: Option<Uuid>, limit: usize) -> Result<Pass, StoreError> {
        match step {
            Step::Columns(place) => self.columns(place, after, limit).await,
            Step::AuditLog => erase_log(self, after, limit).await,
            Step::Answers => erase_answers(self, after, limit).await,
            Step::Deliveries => erase_deliveries(self, after, limit).await,
            Step::Outbox => erase_outbox(self).await,
            Step::Decisions => erase_decisions(self, after, limit).await,
        }
    }

    async fn columns(&self, place: &Place, after: Option<Uuid>, limit: usize) -> Result<Pass, StoreError> {
        let Place {
            table,
            key,
            of,
            erased,
            salted,
        } = place;
        let erased: Vec<_> = erased.iter().filter(|(_, change)| !change.keeps()).collect();
        if erased.is_empty() {
            return Ok(Pass::NOTHING);
        }
        let columns = erased.iter().map(|(column, change)| match change {
            Change::Unsalted => format!("t.{column}"),
            _ => format!("CAST(t.{column} AS text) AS {column}"),
        });
        let mut columns: Vec<_> = columns.collect();
        if !salted.is_empty() {
            columns.push("t.salt".to_owned());
        }
        let columns = columns.join(", ");
        let sql = format!(
            "SELECT t.{key} AS key, {columns} FROM {table} AS t
             WHERE t.tenant_id = {{tenant}} AND t.{key} > {{after}} AND {of} ORDER BY t.{key} LIMIT {limit}"
        );
        let rows = self.reader.after(after).rows(self.reader.database, &sql).await?;
        let mut pass = Pass::NOTHING;
        for row in rows {
            let id: Uuid = row.try_get("", "key")?;
            let mut values = self.reader.values.with("key", id);
            let (mut sets, mut gone) = (Vec::new(), Vec::new());
            for ((column, change), place) in erased.iter().zip(NEW_VALUES) {
                let old: Option<Vec<u8>> = if *change == Change::Unsalted {
                    Some(row.try_get("", column)?)
                } else {
                    let old: Option<String> = row.try_get("", column)?;
                    match self.replaced(*change, old.as_deref(), id)? {
                        Some(new) => {
                            values = values.with(place, new);
                            sets.push(format!("{column} = {{{place}}}"));
                        }
                        None => sets.push(format!("{column} = NULL")),
                    }
                    let hashed = match change {
                        Change::NullDocument => old.map(|old| canonical(&old)),
                        _ => old,
                    };
                    hashed.map(String::into_bytes)
                };
                gone.push((format!("{table}.{column}"), old));
            }
            if !salted.is_empty() {
                let salt: Option<Vec<u8>> = row.try_get("", "salt")?;
                let gone: Vec<_> = gone.iter().map(|(name, old)| (name.as_str(), old.as_deref())).collect();
                if let Some(salt) = salt.as_deref().and_then(|salt| RowSalt::parse(salt).ok()) {
                    values = values.with("salt", salt.erase(salted, &gone).to_bytes());
                    sets.push("salt = {salt}".to_owned());
                }
            }
            let sets = sets.join(", ");
            let sql =
                format!("UPDATE {table} AS t SET {sets} WHERE t.tenant_id = {{tenant}} AND t.{key} = {{key}} AND {of}");
            pass.changed += values.execute(self.reader.database, &sql).await?;
            pass.seen += 1;
            pass.last = Some(id);
        }
        Ok(pass)
    }

    /// What stands in the place of a value in the row with this key.
    fn replaced(&self, change: Change, old: Option<&str>, key: Uuid) -> Result<Option<Value>, StoreError> {
        let Some(old) = old else {
            return Ok(None);
        };
        let pseudonym = || {
            (self.pseudonym)(old).ok_or_else(|| StoreError::Corrupt {
                table: "erasure",
                column: "subject",
                value: "no key replaces external ids".to_owned(),
            })
        };
        Ok(match change {
            Change::Null | Change::NullDocument | Change::Unsalted | Change::Kept | Change::KeptDocument => None,
            Change::Placeholder => Some(self.placeholder.clone().into()),
            Change::UniquePlaceholder => Some(format!("{} {}", self.placeholder, key.simple()).into()),
            Change::UniqueKey => {
                let code = format!("{} {}", self.placeholder, key.simple());
                Some(text::coupon_key(&code).into())
            }
            Change::Pseudonym => Some(pseudonym()?.into()),
        })
    }
}

/// A document as it is hashed: without white space, its members sorted.
fn canonical(document: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(document);
    value.map_or_else(|_| document.to_owned(), |value| value.to_string())
}

/// Names for the new values of a row's columns.
const NEW_VALUES: [&str; 8] = ["new0", "new1", "new2", "new3", "new4", "new5", "new6", "new7"];
