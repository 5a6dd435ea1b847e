//! Reading what was selected: one statement per list, those of one level concurrently. Resolvers run later, for all
//! rows at once, so that their loads are batched.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use async_graphql::{ServerResult, Value};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tracing::Instrument;
use uuid::Uuid;

use super::description::{ChildList, Listing};
use super::page::PageProjection;
use super::projection::{ChildForm, ChildProjection, Projection};
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use auth::Scope;
use store::StoreError;
use store::page::{Page, PageRequest};
use store::view::{self, Row};

/// The result of a resolver, once it has run.
pub type ResolverAnswer = OnceLock<ServerResult<Value>>;

/// The rows of a projection, with their child rows.
pub struct FetchedRows<'p, 'a> {
    pub rows: Vec<Row>,
    /// The results of resolvers, by the number of the field and then of the row.
    pub answers: Vec<Vec<ResolverAnswer>>,
    pub below: Vec<FetchedChildren<'p, 'a>>,
}

/// The rows of a child projection, and the lists that they form under their parents.
pub struct FetchedChildren<'p, 'a> {
    pub child: &'p ChildProjection<'a>,
    pub lists: HashMap<Uuid, FetchedList>,
    pub read: FetchedRows<'p, 'a>,
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
    request: &'p RequestContext,
    scope: Scope,
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

impl<'p, 'a: 'p> RowReader<'p> {
    pub fn new(request: &'p RequestContext) -> Self {
        let scope = request.caller.scope();
        Self { request, scope }
    }

    /// Reads a page of a list at the root.
    pub async fn page(
        self,
        (listing, request): (&Listing, &PageRequest),
        cursors: &Cursors,
        projection: &Projection<'a>,
        shape: &PageProjection<'a>,
    ) -> (FetchedList, Vec<Row>) {
        let mut rows = Vec::new();
        if !shape.reads {
            return (FetchedList::empty(shape.resolver_fields), rows);
        }
        let (store, selected) = (self.request.store(), &projection.selected);
        let page = view::page(store, &self.scope, &listing.list, None, request, selected);
        let listed = match traced(listing.connection, 1, page).await {
            Ok(page) => {
                let cursors = shape.places.is_some().then(|| cursors.clone());
                FetchedList::of(page, &mut rows, cursors, shape.resolver_fields)
            }
            Err(error) => FetchedList::wrong(ListError::Rows(error.into()), shape.resolver_fields),
        };
        (listed, rows)
    }

    /// Reads the row whose `column` has this value.
    pub async fn one(
        self,
        name: &'static str,
        column: view::Column,
        key: view::Key<'_>,
        projection: &Projection<'a>,
    ) -> Result<Option<Row>, StoreError> {
        let (store, selected) = (self.request.store(), &projection.selected);
        traced(name, 1, view::one(store, &self.scope, column, key, selected)).await
    }

    /// Reads rows of the projection's table by id. Rows that the caller may not see are left out.
    pub async fn by_ids(self, ids: &[Uuid], projection: &Projection<'a>) -> Result<HashMap<Uuid, Row>, StoreError> {
        self.by_ids_in(projection.selected.table().id(), ids, projection).await
    }

    /// Reads the rows whose `column` is one of the ids.
    pub async fn by_ids_in(
        self,
        column: view::Column,
        ids: &[Uuid],
        projection: &Projection<'a>,
    ) -> Result<HashMap<Uuid, Row>, StoreError> {
        let (store, selected) = (self.request.store(), &projection.selected);
        let read = view::by_ids(store, &self.scope, column, ids, selected);
        traced(selected.table().name(), ids.len(), read).await
    }

    /// Reads the child rows of the rows of a projection.
    pub async fn below(
        self,
        projection: &'p Projection<'a>,
        rows: Vec<Row>,
    ) -> Result<FetchedRows<'p, 'a>, StoreError> {
        let mut reads = Vec::with_capacity(projection.children.len());
        for child in &projection.children {
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
        child: &'p ChildProjection<'a>,
        parents: Vec<Uuid>,
    ) -> BoxFuture<'p, Result<FetchedChildren<'p, 'a>, StoreError>> {
        async move {
            let mut rows = Vec::new();
            let lists = match &child.form {
                _ if parents.is_empty() => HashMap::new(),
                ChildForm::Page(under, shape) => self.pages(child, (under, shape), &parents, &mut rows).await,
                ChildForm::Family(family, _) => {
                    let (store, selected) = (self.request.store(), &child.projection.selected);
                    let read = view::family(store, &self.scope, family, &parents, selected);
                    let found = traced(child.to.name, parents.len(), read).await;
                    lists(
                        found.map(|found| {
                            found.into_iter().map(|(parent, items)| {
                                let page = Page { items, ..Page::empty() };
                                (parent, page)
                            })
                        }),
                        &parents,
                        &mut rows,
                        0,
                        |_| None,
                        ListError::Field,
                    )
                }
            };
            let read = self.below(&child.projection, rows).await?;
            Ok(FetchedChildren { child, lists, read })
        }
        .boxed()
    }

    async fn pages(
        self,
        child: &ChildProjection<'a>,
        (under, shape): (&ChildList, &PageProjection<'a>),
        parents: &[Uuid],
        rows: &mut Vec<Row>,
    ) -> HashMap<Uuid, FetchedList> {
        let wrong = |error: ApiError| FetchedList::wrong(ListError::Field(error), shape.resolver_fields);
        // A cursor belongs to the list of one parent, so these parents are read one by one.
        let each: Vec<&[Uuid]> = match under.arguments.has_places() {
            true => parents.chunks(1).collect(),
            false => vec![parents],
        };
        let (store, selected) = (self.request.store(), &child.projection.selected);
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
                    traced(under.listing.connection, parents.len(), read).await
                }
                false => Ok(HashMap::new()),
            };
            let cursors = |parent| shape.places.is_some().then(|| (under.cursors)(parent));
            all.extend(lists(
                found,
                parents,
                rows,
                shape.resolver_fields,
                cursors,
                ListError::Rows,
            ));
        }
        all
    }
}

/// The list of each parent, made of the rows that were found for it; empty if none were.
fn lists(
    found: Result<impl IntoIterator<Item = (Uuid, Page<Row>)>, StoreError>,
    parents: &[Uuid],
    rows: &mut Vec<Row>,
    resolver_fields: usize,
    cursors: impl Fn(Uuid) -> Option<Cursors>,
    wrong: impl Fn(ApiError) -> ListError,
) -> HashMap<Uuid, FetchedList> {
    match found {
        Ok(found) => {
            let mut lists: HashMap<_, _> = parents
                .iter()
                .map(|parent| (*parent, FetchedList::empty(resolver_fields)))
                .collect();
            for (parent, page) in found {
                lists.insert(parent, FetchedList::of(page, rows, cursors(parent), resolver_fields));
            }
            lists
        }
        Err(error) => {
            let error = ApiError::from(error);
            let list = |parent: &Uuid| (*parent, FetchedList::wrong(wrong(error.clone()), resolver_fields));
            parents.iter().map(list).collect()
        }
    }
}

/// Reads within a trace span, as loaders do.
async fn traced<T>(
    what: &'static str,
    keys: usize,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    read.instrument(telemetry::batch(what, keys)).await
}
