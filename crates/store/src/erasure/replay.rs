//! What erasing again after a restore needs to know of the restored database.

use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
use std::collections::BTreeSet;

use super::eraser::SubjectReader;
use super::places::{Change, Step, steps};
use crate::scope::visible;
use crate::{Connection, StoreError};
use auth::Scope;
use domain::Timestamp;
use domain::erasure::Subject;
use entity::erasure::{Column, Entity};

/// Whether the erasure of this subject was asked for at `at` or later. Of a subject that has no id, by the name that is
/// kept of it.
pub async fn was_requested_since(
    database: &Connection,
    scope: &Scope,
    subject: &Subject,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let mut select = visible::<Entity>(scope)
        .filter(Column::Subject.eq(subject.kind().as_str()))
        .filter(Column::RequestedAt.gte(at));
    if let Some(id) = super::subject_id(subject) {
        select = select.filter(Column::SubjectId.eq(id));
    }
    if let Some(name) = subject.name() {
        select = select.filter(Column::SubjectName.eq(name));
    }
    Ok(select.count(database).await? > 0)
}

/// The names of the subject's kind that are in use: of the individuals at a partner, or of staff.
pub async fn names_in_use(
    database: &Connection,
    scope: &Scope,
    subject: &Subject,
) -> Result<BTreeSet<String>, StoreError> {
    let reader = SubjectReader::new(database, scope.tenant(), subject);
    let mut names = BTreeSet::new();
    for step in steps(subject.kind()) {
        let Step::Columns(place) = step else { continue };
        let by_name = |column: &str| place.of.contains(&format!("t.{column} = {{name}}"));
        let named = place
            .erased
            .iter()
            .filter(|(column, change)| *change == Change::Placeholder && by_name(column));
        for (column, _) in named {
            let table = place.table;
            let of = place
                .of
                .replace(&format!("t.{column} = {{name}}"), &format!("t.{column} IS NOT NULL"));
            let sql =
                format!("SELECT DISTINCT t.{column} AS name FROM {table} AS t WHERE t.tenant_id = {{tenant}} AND {of}");
            for row in reader.values.rows(database, &sql).await? {
                names.insert(row.try_get("", "name")?);
            }
        }
    }
    Ok(names)
}
