//! Reading what was selected: one statement a list, or one for a row and its lists.

use std::collections::HashMap;

use sea_orm::sea_query::SelectStatement;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use uuid::Uuid;

use super::bindings::{Bindings, Key};
use super::{Column, Family, KeyedPart, List, PartResult, Row, Selected, Source, StatementPart, part, statement};
use crate::page::{Page, PageRequest, cut};
use crate::{Store, StoreError, many};
use auth::Scope;

/// The row of the selected table whose `column` has this value; `None`: none is visible to the caller.
pub async fn one(
    store: &Store,
    scope: &Scope,
    column: Column,
    key: Key<'_>,
    selected: &Selected,
) -> Result<Option<Row>, StoreError> {
    let bindings = Bindings::of(scope, key);
    let rows = read(store, &bindings, &StatementPart::Row(column, selected)).await?;
    Ok(rows.into_iter().next().map(Row::read_from))
}

/// The rows of the selected table whose `column` is one of these ids, as far as they are visible to the caller.
pub async fn by_ids(
    store: &Store,
    scope: &Scope,
    column: Column,
    ids: &[Uuid],
    selected: &Selected,
) -> Result<HashMap<Uuid, Row>, StoreError> {
    let bindings = Bindings::of(scope, Key::of(ids));
    let shape = statement::shape("ids", &bindings, selected, |text| text.push_str(column.name));
    let make = |backend, bindings: &Bindings<'_>| statement::rows(backend, bindings, column, selected);
    let rows = query(store, &bindings, Some(shape), make).await?;
    let rows = rows
        .into_iter()
        .map(|row| Ok((row.try_get_by_index(Selected::PARENT)?, Row::read_from(row))));
    rows.collect()
}

/// A page of a list, under one parent or of all rows.
pub async fn page(
    store: &Store,
    scope: &Scope,
    list: &List,
    parent: Option<Uuid>,
    request: &PageRequest,
    selected: &Selected,
) -> Result<Page<Row>, StoreError> {
    let key = parent.map_or(Key::Nothing, Key::Id);
    let bindings = Bindings::of(scope, key).within(request);
    let rows = read(store, &bindings, &StatementPart::Page(list, request, selected)).await?;
    Ok(cut(rows.into_iter().map(Row::read_from).collect(), request))
}

/// How many rows a list of all rows has.
pub async fn count(store: &Store, scope: &Scope, list: &List) -> Result<u64, StoreError> {
    let bindings = Bindings::of(scope, Key::Nothing);
    let found = read(store, &bindings, &StatementPart::Count(list)).await?;
    part::counted(&found, 0)
}

/// A page of a list under each parent. Parents without any rows are left out.
pub async fn pages(
    store: &Store,
    scope: &Scope,
    list: &List,
    parents: &[Uuid],
    request: &PageRequest,
    selected: &Selected,
) -> Result<HashMap<Uuid, Page<Row>>, StoreError> {
    if let [single] = parents {
        // No list to join, and nothing to sort again.
        let page = page(store, scope, list, Some(*single), request, selected).await?;
        return Ok(HashMap::from([(*single, page)]));
    }
    let bindings = Bindings::of(scope, Key::Ids(parents)).within(request);
    let shape = statement::list_shape("pages", &bindings, list, request, selected);
    let make = |backend, bindings: &Bindings<'_>| statement::pages(backend, bindings, list, request, selected);
    let pages = by_parent(query(store, &bindings, shape, make).await?)?;
    Ok(pages
        .into_iter()
        .map(|(parent, rows)| (parent, cut(rows, request)))
        .collect())
}

/// Like [`pages`], of rows that `decode` makes of all their columns, which have names with the prefix that it is given.
pub async fn whole_pages<T>(
    store: &Store,
    scope: &Scope,
    list: &List,
    parents: &[Uuid],
    request: &PageRequest,
    decode: impl Fn(&Row, &str) -> Result<T, StoreError>,
) -> Result<HashMap<Uuid, Page<T>>, StoreError> {
    let mut selected = Selected::of(list.table);
    let prefix = selected.whole(Source::OWN);
    let pages = pages(store, scope, list, parents, request, &selected).await?;
    let decoded = |(parent, page): (Uuid, Page<Row>)| Ok((parent, page.try_map(|row| decode(&row, &prefix))?));
    pages.into_iter().map(decoded).collect()
}

/// How many rows a list has under each parent; 0 for parents without any.
pub async fn counts(
    store: &Store,
    scope: &Scope,
    list: &List,
    parents: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let database = store.reader();
    let backend = database.get_database_backend();
    many::counts(database, parents, |parent| (list.select)(backend, scope, parent)).await
}

/// All rows of a family under each parent. Parents without any are left out.
pub async fn family(
    store: &Store,
    scope: &Scope,
    family: &Family,
    parents: &[Uuid],
    selected: &Selected,
) -> Result<HashMap<Uuid, Page<Row>>, StoreError> {
    let bindings = Bindings::of(scope, Key::of(parents));
    let families = by_parent(read(store, &bindings, &StatementPart::Family(family, selected)).await?)?;
    let whole = |(parent, items)| (parent, Page { items, ..Page::empty() });
    Ok(families.into_iter().map(whole).collect())
}

/// Whether [`together`] can be used.
pub fn reads_together(store: &Store) -> bool {
    // SQLite has no lateral joins, and nothing to gain: statements run within the process. A coordinator of Citus plans
    // each part for its server.
    store.reader().writes_in_one_statement() && !store.reader().is_distributed()
}

/// Several reads in one statement, each for one of these ids: what each part has read.
pub async fn together(
    store: &Store,
    scope: &Scope,
    ids: &[Uuid],
    parts: &[KeyedPart<'_>],
) -> Result<Vec<PartResult>, StoreError> {
    let bindings = Bindings::of(scope, Key::Each(ids));
    let make = |backend, bindings: &Bindings<'_>| part::statement(backend, bindings, parts);
    let found = query(store, &bindings, part::shape(&bindings, parts), make).await?;
    part::results(parts, found)
}

async fn read(
    store: &Store,
    bindings: &Bindings<'_>,
    part: &StatementPart<'_>,
) -> Result<Vec<QueryResult>, StoreError> {
    let make = |backend, bindings: &Bindings<'_>| part.statement(backend, bindings);
    query(store, bindings, part.shape(bindings), make).await
}

/// The rows of the statement that `make` builds, unless one of this shape is cached.
async fn query(
    store: &Store,
    bindings: &Bindings<'_>,
    shape: Option<String>,
    make: impl Fn(DbBackend, &Bindings<'_>) -> SelectStatement,
) -> Result<Vec<QueryResult>, StoreError> {
    let backend = store.reader().get_database_backend();
    let statement = store
        .statement_cache()
        .statement(backend, shape, bindings, |bindings| make(backend, bindings));
    Ok(store.reader().query_all_raw(statement).await?)
}

fn by_parent(rows: Vec<QueryResult>) -> Result<HashMap<Uuid, Vec<Row>>, StoreError> {
    let mut found: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in rows {
        found
            .entry(row.try_get_by_index(Selected::PARENT)?)
            .or_default()
            .push(Row::read_from(row));
    }
    Ok(found)
}
