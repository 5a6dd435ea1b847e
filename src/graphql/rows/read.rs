//! Reading what was selected: one statement per list, those of one level concurrently. Resolvers run later, for all
//! rows at once, so that their loads are batched.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use async_graphql::{ServerResult, Value};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tracing::Instrument;
use uuid::Uuid;

use super::description::{ChildList, Listing};
use super::page::PageSelection;
use super::projection::{ChildForm, ChildProjection, Projection};
use super::together::{ReadList, ReadLists};
use crate::graphql::aggregates::CountedLists;
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use auth::Scope;
use store::page::{Page, PageRequest};
use store::view::{self, Row};
use store::{Store, StoreError};

/// The result of a resolver, once it has run.
pub type ResolverAnswer = OnceLock<ServerResult<Value>>;

/// The rows of a projection, with their child rows.
pub struct FetchedRows {
    pub rows: Vec<Row>,
    /// The results of resolvers, by the number of the field and then of the row.
    pub answers: Vec<Vec<ResolverAnswer>>,
    pub below: Vec<FetchedChildren>,
}

/// The rows of a child projection, and the lists that they form under their parents.
pub struct FetchedChildren {
    pub child: Arc<ChildProjection>,
    pub lists: HashMap<Uuid, FetchedList>,
    pub read: FetchedRows,
}

/// One list: a range of the rows that were read.
pub struct FetchedList {
    pub rows: Range<usize>,
    pub has_next: bool,
    pub has_previous: bool,
    /// Makes the list's cursors; `None` if no cursor is selected.
    pub cursors: Option<Cursors>,
    /// The results of resolvers of the whole list's fields.
    pub answers: Vec<ResolverAnswer>,
    pub wrong: Option<ListError>,
}

/// Why a list has no rows to write.
#[derive(Clone)]
pub enum ListError {
    /// The field as a whole fails, for example because of its arguments.
    Field(ApiError),
    /// Each of the connection's fields that needs the page fails.
    Rows(ApiError),
}

/// Reads within the scope of a request's caller.
#[derive(Clone, Copy)]
pub struct RowReader<'p> {
    pub(super) store: &'p Store,
    pub(super) scope: Scope,
    /// The lists that the request has counted along with reading them.
    pub(super) counted: &'p CountedLists,
    /// Whether each list is read by a statement of its own.
    pub(super) reads_apart: bool,
}

impl FetchedList {
    /// Appends the page's rows to `rows`.
    pub fn of(page: Page<Row>, rows: &mut Vec<Row>, cursors: Option<Cursors>, resolver_fields: usize) -> Self {
        let from = rows.len();
        rows.extend(page.items);
        Self {
            rows: from..rows.len(),
            has_next: page.has_next,
            has_previous: page.has_previous,
            cursors,
            answers: unanswered(resolver_fields),
            wrong: None,
        }
    }

    fn empty(resolver_fields: usize) -> Self {
        Self::of(Page::empty(), &mut Vec::new(), None, resolver_fields)
    }

    pub fn wrong(wrong: ListError, resolver_fields: usize) -> Self {
        let wrong = Some(wrong);
        Self {
            wrong,
            ..Self::empty(resolver_fields)
        }
    }
}

fn unanswered(count: usize) -> Vec<ResolverAnswer> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

impl<'p> RowReader<'p> {
    pub fn new(request: &'p RequestContext) -> Self {
        Self::of(request.store(), request.caller.scope(), &request.aggregates.counted)
    }

    pub fn of(store: &'p Store, scope: Scope, counted: &'p CountedLists) -> Self {
        Self {
            store,
            scope,
            counted,
            reads_apart: false,
        }
    }

    /// The same, which reads each list by a statement of its own.
    pub(super) fn apart(self) -> Self {
        Self {
            reads_apart: true,
            ..self
        }
    }

    /// Reads a page of a list at the root.
    pub async fn page(
        self,
        (listing, request): (&Listing, &PageRequest),
        cursors: &Cursors,
        projection: &Projection,
        shape: &PageSelection,
    ) -> (FetchedList, Vec<Row>) {
        let mut rows = Vec::new();
        if !shape.reads {
            return (FetchedList::empty(shape.resolver_fields), rows);
        }
        let (store, selected) = (self.store, &projection.selected);
        let page = view::page(store, &self.scope, &listing.list, None, request, selected);
        let listed = match traced(listing.to.connection, 1, page).await {
            Ok(page) => {
                let cursors = shape.places.is_some().then(|| cursors.clone());
                FetchedList::of(page, &mut rows, cursors, shape.resolver_fields)
            }
            Err(error) => FetchedList::wrong(ListError::Rows(error.into()), shape.resolver_fields),
        };
        (listed, rows)
    }

    /// Reads the row whose `column` has this value, and its child rows; `None`: the caller sees no such row.
    pub async fn one_by(
        self,
        name: &'static str,
        column: view::Column,
        key: view::Key<'_>,
        projection: &'p Projection,
    ) -> Result<Option<FetchedRows>, StoreError> {
        let (store, selected) = (self.store, &projection.selected);
        let row = traced(name, 1, view::one(store, &self.scope, column, key, selected)).await?;
        Ok(match row {
            Some(row) => Some(self.below(projection, vec![row]).await?),
            None => None,
        })
    }

    /// Reads rows of the projection's table by id. Rows that the caller may not see are left out.
    pub async fn by_ids(self, ids: &[Uuid], projection: &Projection) -> Result<HashMap<Uuid, Row>, StoreError> {
        self.by_ids_in(projection.selected.table().id(), ids, projection).await
    }

    /// Reads the rows whose `column` is one of the ids.
    pub async fn by_ids_in(
        self,
        column: view::Column,
        ids: &[Uuid],
        projection: &Projection,
    ) -> Result<HashMap<Uuid, Row>, StoreError> {
        let (store, selected) = (self.store, &projection.selected);
        let read = view::by_ids(store, &self.scope, column, ids, selected);
        traced(selected.table().name(), ids.len(), read).await
    }

    /// Reads the child rows of the rows of a projection.
    pub async fn below(self, projection: &'p Projection, rows: Vec<Row>) -> Result<FetchedRows, StoreError> {
        self.complete(projection, rows, ReadLists::new()).await
    }

    /// Reads the child rows that were not read yet.
    pub async fn complete(
        self,
        projection: &'p Projection,
        rows: Vec<Row>,
        mut read: ReadLists,
    ) -> Result<FetchedRows, StoreError> {
        if let [row] = rows.as_slice()
            && read.len() < projection.children.len()
        {
            let siblings = self.siblings(projection, row, &read).await?;
            read.extend(siblings);
        }
        let mut reads = Vec::with_capacity(projection.children.len());
        for (number, child) in projection.children.iter().enumerate() {
            if let Some((parent, list)) = read.remove(&number) {
                let mut rows = Vec::new();
                let lists = list_of(child, parent, list, &mut rows);
                reads.push(self.children(child, lists, rows));
                continue;
            }
            let mut parents = HashSet::with_capacity(rows.len());
            for row in &rows {
                // A null id means that the joined row is missing.
                parents.extend(view::uuid(row, child.parent)?);
            }
            reads.push(self.under(child, parents.into_iter().collect()));
        }
        let below = join_all(reads).await.into_iter().collect::<Result<_, _>>()?;
        let answers = std::iter::repeat_with(|| unanswered(rows.len()))
            .take(projection.resolver_fields)
            .collect();
        Ok(FetchedRows { rows, answers, below })
    }

    fn under(
        self,
        child: &'p Arc<ChildProjection>,
        parents: Vec<Uuid>,
    ) -> BoxFuture<'p, Result<FetchedChildren, StoreError>> {
        async move {
            let mut rows = Vec::new();
            let lists = match &child.form {
                _ if parents.is_empty() => HashMap::new(),
                ChildForm::Page(under, shape) => self.pages(child, (under, shape), &parents, &mut rows).await,
                ChildForm::Family(family) => {
                    let (store, selected) = (self.store, &child.projection.selected);
                    let read = view::family(store, &self.scope, family, &parents, selected);
                    let found = traced(child.to.name, parents.len(), read).await;
                    listed(child, found.map_err(ApiError::from), &parents, &mut rows)
                }
            };
            self.children(child, lists, rows).await
        }
        .boxed()
    }

    /// The child rows with what is below them.
    fn children(
        self,
        child: &'p Arc<ChildProjection>,
        lists: HashMap<Uuid, FetchedList>,
        rows: Vec<Row>,
    ) -> BoxFuture<'p, Result<FetchedChildren, StoreError>> {
        async move {
            let read = self.below(&child.projection, rows).await?;
            let child = child.clone();
            Ok(FetchedChildren { child, lists, read })
        }
        .boxed()
    }

    async fn pages(
        self,
        child: &ChildProjection,
        (under, shape): (&ChildList, &PageSelection),
        parents: &[Uuid],
        rows: &mut Vec<Row>,
    ) -> HashMap<Uuid, FetchedList> {
        let wrong = |error: ApiError| FetchedList::wrong(ListError::Field(error), shape.resolver_fields);
        // A cursor belongs to the list of one parent, so these parents are read one by one.
        let each: Vec<&[Uuid]> = match under.arguments.has_places() {
            true => parents.chunks(1).collect(),
            false => vec![parents],
        };
        let (store, selected) = (self.store, &child.projection.selected);
        let mut all = HashMap::with_capacity(parents.len());
        for parents in each {
            let cursors = match under.arguments.has_places() {
                true => (under.cursors)(parents[0]),
                false => Cursors::of(()),
            };
            let request = match under.arguments.read(&cursors) {
                Ok(request) => request,
                Err(error) => {
                    all.extend(parents.iter().map(|parent| (*parent, wrong(error.clone()))));
                    continue;
                }
            };
            let found = match shape.reads {
                true => {
                    let read = view::pages(store, &self.scope, &under.listing.list, parents, &request, selected);
                    traced(under.listing.to.connection, parents.len(), read).await
                }
                false => Ok(HashMap::new()),
            };
            all.extend(listed(child, found.map_err(ApiError::from), parents, rows));
        }
        all
    }
}

/// The list of one parent that was read along with others.
fn list_of(child: &ChildProjection, parent: Uuid, list: ReadList, rows: &mut Vec<Row>) -> HashMap<Uuid, FetchedList> {
    let found = list.page.map(|page| (parent, page)).into_iter().collect();
    let lists = listed(child, Ok(found), &[parent], rows);
    if let (Some(count), ChildForm::Page(_, shape)) = (list.count, &child.form) {
        for number in &shape.counts {
            let _ = lists[&parent].answers[*number].set(Ok(Value::Number(count.into())));
        }
    }
    lists
}

/// The list of each parent, made of the rows that were found for it; empty if none were.
fn listed(
    child: &ChildProjection,
    found: Result<HashMap<Uuid, Page<Row>>, ApiError>,
    parents: &[Uuid],
    rows: &mut Vec<Row>,
) -> HashMap<Uuid, FetchedList> {
    let (resolver_fields, wrong): (_, fn(ApiError) -> ListError) = match &child.form {
        ChildForm::Page(_, shape) => (shape.resolver_fields, ListError::Rows),
        ChildForm::Family(..) => (0, ListError::Field),
    };
    let cursors = |parent| match &child.form {
        ChildForm::Page(under, shape) => shape.places.is_some().then(|| (under.cursors)(parent)),
        ChildForm::Family(..) => None,
    };
    let mut found = match found {
        Ok(found) => found,
        Err(error) => {
            let list = |parent: &Uuid| (*parent, FetchedList::wrong(wrong(error.clone()), resolver_fields));
            return parents.iter().map(list).collect();
        }
    };
    let list = |parent: &Uuid| {
        let list = match found.remove(parent) {
            Some(page) => FetchedList::of(page, rows, cursors(*parent), resolver_fields),
            None => FetchedList::empty(resolver_fields),
        };
        (*parent, list)
    };
    parents.iter().map(list).collect()
}

/// Reads within a trace span, as loaders do.
pub async fn traced<T>(
    what: &'static str,
    keys: usize,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    read.instrument(telemetry::batch(what, keys)).await
}
