//! Ids in inputs.

use std::collections::HashSet;

use crate::stored::{self, Stored};
use auth::Scope;
use domain::id::{Id, Kind};
use domain::problem::Problems;
use store::{Connection, StoreError};

/// What `find` finds for the id `text`, or `None` after noting under `field` that it is no such id or names nothing.
pub(super) async fn named<K: Kind, T>(
    field: &str,
    text: &str,
    problems: &mut Problems,
    find: impl AsyncFnOnce(Id<K>) -> Result<Option<T>, StoreError>,
) -> Result<Option<T>, StoreError> {
    let Some(id) = problems.id::<K>(field, text) else {
        return Ok(None);
    };
    Ok(problems.found(field, find(id).await?))
}

/// [`named`], for what is only read.
pub(super) async fn object<K: Stored>(
    field: &str,
    text: &str,
    problems: &mut Problems,
    database: &Connection,
    scope: &Scope,
) -> Result<Option<K::Object>, StoreError> {
    named(field, text, problems, async |id: Id<K>| {
        stored::find(database, scope, id).await
    })
    .await
}

/// The ids of the list `field` that exist, without repetitions. The others are noted under `field.N`.
pub(super) async fn existing<K: Stored>(
    field: &str,
    ids: &[String],
    problems: &mut Problems,
    database: &Connection,
    scope: &Scope,
) -> Result<Vec<Id<K>>, StoreError> {
    let mut seen = HashSet::new();
    let parsed = ids.iter().enumerate().filter_map(|(index, text)| {
        let id = problems.id::<K>(&format!("{field}.{index}"), text)?;
        seen.insert(id).then_some((index, id))
    });
    let wanted: Vec<_> = parsed.collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let uuids: Vec<_> = wanted.iter().map(|(_, id)| id.uuid()).collect();
    let found = K::by_ids(database, scope, &uuids).await?;
    let kept = wanted.into_iter().filter_map(|(index, id)| {
        let known = found.contains_key(&id.uuid()).then_some(id);
        problems.found(&format!("{field}.{index}"), known)
    });
    Ok(kept.collect())
}
