//! The statements that read a selection.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};
use uuid::Uuid;

use super::{Column, Family, List, Row, Selected};
use crate::page::{Page, PageRequest, cut};
use crate::{Store, StoreError, many};
use auth::Scope;

/// What rows are looked up by.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    Nothing,
    Id(Uuid),
    Text(&'a str),
    /// More than one.
    Ids(&'a [Uuid]),
}

/// A text that is never a key: texts of callers do not contain this character.
const NO_TEXT: &str = "\0";

impl<'a> Key<'a> {
    /// The value that is bound.
    pub(super) fn value(self, backend: DbBackend) -> Value {
        match self {
            Self::Nothing => Value::Uuid(None),
            Self::Id(id) => id.into(),
            Self::Text(text) => text.into(),
            Self::Ids(ids) => many::id_list(backend, ids),
        }
    }

    /// A placeholder of the same kind.
    pub(super) fn stand_in(self, ids: &[Uuid; 2]) -> Key<'_> {
        match self {
            Self::Nothing => Key::Nothing,
            Self::Id(_) => Key::Id(ids[0]),
            Self::Text(_) => Key::Text(NO_TEXT),
            Self::Ids(_) => Key::Ids(ids),
        }
    }

    fn of(ids: &[Uuid]) -> Key<'_> {
        match ids {
            [single] => Key::Id(*single),
            many => Key::Ids(many),
        }
    }

    fn ids(&self) -> &[Uuid] {
        match self {
            Self::Ids(ids) => ids,
            Self::Id(id) => std::slice::from_ref(id),
            Self::Nothing | Self::Text(_) => &[],
        }
    }

    fn kind(self) -> char {
        match self {
            Self::Nothing => '-',
            Self::Id(_) => '1',
            Self::Text(_) => 't',
            Self::Ids(_) => 'n',
        }
    }
}

/// The row of the selected table whose `column` has this value; `None`: none is visible to the caller.
pub async fn one(
    store: &Store,
    scope: &Scope,
    column: Column,
    key: Key<'_>,
    selected: &Selected,
) -> Result<Option<Row>, StoreError> {
    let backend = store.reader().get_database_backend();
    let make = |scope: &Scope, key: Key<'_>| {
        let table = selected.table();
        let mut statement = Query::select()
            .from((table.name)())
            .cond_where((table.visible)(scope).add(Expr::col((column.table, column.name)).eq(key.value(backend))))
            .expr(Expr::cust("NULL"))
            .take();
        selected.complete(&mut statement, scope, backend);
        statement
    };
    let shape = shape("one", scope, key, selected, |text| text.push_str(column.name));
    let statement = store.kept().statement(backend, Some(shape), (scope, key), make);
    Ok(store.reader().query_one_raw(statement).await?.map(Row::Read))
}

/// The rows of the selected table whose `column` is one of these ids, as far as they are visible to the caller.
pub async fn by_ids(
    store: &Store,
    scope: &Scope,
    column: Column,
    ids: &[Uuid],
    selected: &Selected,
) -> Result<HashMap<Uuid, Row>, StoreError> {
    let backend = store.reader().get_database_backend();
    let key = Key::of(ids);
    let id = (column.table, column.name);
    let make = |scope: &Scope, key: Key<'_>| {
        let visible = (selected.table().visible)(scope);
        let mut statement = Query::select()
            .from((selected.table().name)())
            .cond_where(visible.add(many::one_of(backend, id, key.ids())))
            .column(id)
            .take();
        selected.complete(&mut statement, scope, backend);
        statement
    };
    let shape = shape("ids", scope, key, selected, |text| text.push_str(column.name));
    let statement = store.kept().statement(backend, Some(shape), (scope, key), make);
    let rows = store.reader().query_all_raw(statement).await?;
    let rows = rows
        .into_iter()
        .map(|row| Ok((row.try_get_by_index(Selected::PARENT)?, Row::Read(row))));
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
    let backend = store.reader().get_database_backend();
    let key = parent.map_or(Key::Nothing, Key::Id);
    let make = |scope: &Scope, key: Key<'_>| {
        let mut statement = (list.select)(backend, scope, Expr::val(key.value(backend)));
        list.order.apply(&mut statement, request);
        if selected.has_joins() {
            // The page is read first, so that nothing is joined to rows that are not on it.
            selected.own(&mut statement, list.order.columns());
            statement = Query::select().from_subquery(statement, (list.table.name)()).take();
            list.order.sort(&mut statement, request.backward);
        } else {
            statement.clear_selects();
        }
        // In the place of the parent, which the caller knows.
        statement.expr(Expr::cust("NULL"));
        selected.complete(&mut statement, scope, backend);
        statement
    };
    let shape = list_shape("page", scope, key, list, request, selected);
    let statement = store.kept().statement(backend, shape, (scope, key), make);
    let rows = store.reader().query_all_raw(statement).await?;
    Ok(cut(rows.into_iter().map(Row::Read).collect(), request))
}

/// A page of a list under each parent. Parents without rows are left out.
pub async fn pages(
    store: &Store,
    scope: &Scope,
    list: &List,
    parents: &[Uuid],
    request: &PageRequest,
    selected: &Selected,
) -> Result<HashMap<Uuid, Page<Row>>, StoreError> {
    if let [single] = parents {
        // There is no list of parents to join, and nothing to sort again.
        let page = page(store, scope, list, Some(*single), request, selected).await?;
        return Ok(HashMap::from([(*single, page)]));
    }
    let backend = store.reader().get_database_backend();
    let key = Key::Ids(parents);
    let make = |scope: &Scope, key: Key<'_>| {
        let mut statement = many::joined(backend, key.ids(), (list.table.name)(), |key| {
            let mut own = (list.select)(backend, scope, key);
            list.order.apply(&mut own, request);
            selected.own(&mut own, list.order.columns());
            own
        });
        selected.complete(&mut statement, scope, backend);
        // Joins do not preserve the order: sort again, in the direction in which the page was read.
        list.order.sort(&mut statement, request.backward);
        statement
    };
    let shape = list_shape("pages", scope, key, list, request, selected);
    let statement = store.kept().statement(backend, shape, (scope, key), make);
    let pages = by_parent(store.reader().query_all_raw(statement).await?)?;
    Ok(pages
        .into_iter()
        .map(|(parent, rows)| (parent, cut(rows, request)))
        .collect())
}

/// All rows of a family under each parent.
pub async fn family(
    store: &Store,
    scope: &Scope,
    family: &Family,
    parents: &[Uuid],
    selected: &Selected,
) -> Result<HashMap<Uuid, Vec<Row>>, StoreError> {
    let backend = store.reader().get_database_backend();
    let key = Key::of(parents);
    let parent = (family.parent.table, family.parent.name);
    let make = |scope: &Scope, key: Key<'_>| {
        let visible = (family.table.visible)(scope);
        let mut statement = Query::select()
            .from((family.table.name)())
            .cond_where(visible.add(many::one_of(backend, parent, key.ids())))
            .column(parent)
            .take();
        if let Some(through) = family.through {
            let (id, child) = (family.table.id(), through.child);
            let pair =
                (through.table.visible)(scope).add(Expr::col((child.table, child.name)).equals((id.table, id.name)));
            statement.inner_join((through.table.name)(), pair);
        }
        family.order.sort(&mut statement, false);
        selected.complete(&mut statement, scope, backend);
        statement
    };
    let shape = shape("family", scope, key, selected, |text| text.push_str(family.parent.name));
    let statement = store.kept().statement(backend, Some(shape), (scope, key), make);
    by_parent(store.reader().query_all_raw(statement).await?)
}

/// Everything on which the text of a statement depends.
fn shape(kind: &str, scope: &Scope, key: Key<'_>, selected: &Selected, more: impl FnOnce(&mut String)) -> String {
    let mut text = String::with_capacity(512);
    text.push_str(kind);
    text.push(if scope.partner().is_some() { 'p' } else { 's' });
    text.push(key.kind());
    more(&mut text);
    text.push('/');
    selected.describe(&mut text);
    text
}

/// `None`: unlikely to be used twice.
fn list_shape(
    kind: &str,
    scope: &Scope,
    key: Key<'_>,
    list: &List,
    request: &PageRequest,
    selected: &Selected,
) -> Option<String> {
    use std::fmt::Write;
    let kept = list
        .kept
        .as_ref()
        .filter(|_| request.after.is_none() && request.before.is_none())?;
    let order = &list.order;
    Some(shape(kind, scope, key, selected, |text| {
        let sorted = order.key.map_or("", |key| key.name);
        let (descending, backward) = (order.descending, request.backward);
        let _ = write!(text, "{kept}/{sorted}/{descending}/{backward}/{}", request.limit);
    }))
}

fn by_parent(rows: Vec<QueryResult>) -> Result<HashMap<Uuid, Vec<Row>>, StoreError> {
    let mut found: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in rows {
        found
            .entry(row.try_get_by_index(Selected::PARENT)?)
            .or_default()
            .push(Row::Read(row));
    }
    Ok(found)
}
