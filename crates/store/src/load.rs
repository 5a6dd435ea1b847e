//! Runs selects, and converts their rows to domain values.

use std::collections::HashMap;
use std::hash::Hash;

use sea_orm::{ColumnTrait, EntityTrait, ModelTrait, QueryFilter, Select, Value};
use uuid::Uuid;

use super::{Connection, StoreError, many};

/// The first row found.
pub async fn one<E: EntityTrait, T>(
    database: &Connection,
    select: Select<E>,
    from_row: impl FnOnce(E::Model) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    select.one(database).await?.map(from_row).transpose()
}

/// All rows found, in the order of the select.
pub async fn all<E: EntityTrait, T>(
    database: &Connection,
    select: Select<E>,
    from_row: impl FnMut(E::Model) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// The row of a select that has this id.
pub async fn with_id<E: EntityTrait, T>(
    database: &Connection,
    select: Select<E>,
    (column, id): (E::Column, Uuid),
    from_row: impl FnOnce(E::Model) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    one(database, select.filter(column.eq(id)), from_row).await
}

/// The rows whose `column`, which must be unique, is one of `ids`, by that column. Without ids, nothing is read.
pub async fn by_ids<E: EntityTrait, T>(
    database: &Connection,
    select: Select<E>,
    column: E::Column,
    ids: &[Uuid],
    from_row: impl Fn(E::Model) -> Result<T, StoreError>,
) -> Result<HashMap<Uuid, T>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let select = select.filter(many::among(database, column, ids));
    by_column(
        database,
        select,
        column,
        |value| value.unwrap::<Option<Uuid>>(),
        from_row,
    )
    .await
}

/// The rows whose `column`, which must be unique, is one of `texts`, by that column. Without texts, nothing is read.
pub async fn by_texts<E: EntityTrait, T>(
    database: &Connection,
    select: Select<E>,
    column: E::Column,
    texts: &[String],
    from_row: impl Fn(E::Model) -> Result<T, StoreError>,
) -> Result<HashMap<String, T>, StoreError> {
    if texts.is_empty() {
        return Ok(HashMap::new());
    }
    let select = select.filter(many::among_texts(database, column, texts));
    by_column(
        database,
        select,
        column,
        |value| value.unwrap::<Option<String>>(),
        from_row,
    )
    .await
}

/// All rows found, by the value of `column`, without those where it is null.
async fn by_column<E: EntityTrait, K: Eq + Hash, T>(
    database: &Connection,
    select: Select<E>,
    column: E::Column,
    key: fn(Value) -> Option<K>,
    from_row: impl Fn(E::Model) -> Result<T, StoreError>,
) -> Result<HashMap<K, T>, StoreError> {
    let mut found = HashMap::new();
    for row in select.all(database).await? {
        if let Some(key) = key(row.get(column)) {
            found.insert(key, from_row(row)?);
        }
    }
    Ok(found)
}

/// All rows found, by `key`, each group in the order of the select.
pub async fn grouped<E: EntityTrait, T>(
    database: &Connection,
    select: Select<E>,
    key: impl Fn(&E::Model) -> Uuid,
    from_row: impl Fn(E::Model) -> Result<T, StoreError>,
) -> Result<HashMap<Uuid, Vec<T>>, StoreError> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in select.all(database).await? {
        groups.entry(key(&row)).or_default().push(from_row(row)?);
    }
    Ok(groups)
}
