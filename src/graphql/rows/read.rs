//! Reading what was selected: one statement a list, those of one level side by side; then what resolvers are asked, of
//! all rows together, so that what they load is loaded together.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use async_graphql::{ServerResult, Value};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tracing::Instrument;
use uuid::Uuid;

use super::described::{Listing, Under};
use super::page::Shape;
use super::projection::{Child, Form, Level};
use crate::auth::Scope;
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::store::StoreError;
use crate::store::page::{Page, PageRequest};
use crate::store::view::{self, Row};
use crate::telemetry;

/// What a resolver said.
pub type Said = OnceLock<ServerResult<Value>>;

/// The rows of a level, and what is under them.
pub struct Read<'p, 'a> {
    pub rows: Vec<Row>,
    /// What resolvers said, by the number of the field and of the row.
    pub said: Vec<Vec<Said>>,
    pub below: Vec<Below<'p, 'a>>,
}

/// The lists under the rows of a level, for one of its children.
pub struct Below<'p, 'a> {
    pub child: &'p Child<'a>,
    pub lists: HashMap<Uuid, Listed>,
    pub read: Read<'p, 'a>,
}

/// One list: some of the rows that were read.
pub struct Listed {
    pub rows: Range<usize>,
    pub has_next: bool,
    pub has_previous: bool,
    /// What makes its cursors, if any is shown.
    pub cursors: Option<Cursors>,
    /// What resolvers said about all of it.
    pub said: Vec<Said>,
    pub wrong: Option<Wrong>,
}

/// Why there is nothing to show of a list.
#[derive(Clone)]
pub enum Wrong {
    /// It was not asked for as it can be.
    Asked(ApiError),
    /// Its page could not be read.
    Read(ApiError),
}

/// Who reads.
#[derive(Clone, Copy)]
pub struct Reader<'p> {
    request: &'p RequestContext,
    scope: Scope,
}

impl Listed {
    /// Appends the page to all rows that were read.
    pub fn of(page: Page<Row>, rows: &mut Vec<Row>, cursors: Option<Cursors>, asked: usize) -> Self {
        let from = rows.len();
        rows.extend(page.items);
        Self {
            rows: from..rows.len(),
            has_next: page.has_next,
            has_previous: page.has_previous,
            cursors,
            said: unsaid(asked),
            wrong: None,
        }
    }

    fn empty(asked: usize) -> Self {
        Self::of(Page::empty(), &mut Vec::new(), None, asked)
    }

    pub fn wrong(wrong: Wrong, asked: usize) -> Self {
        let wrong = Some(wrong);
        Self {
            wrong,
            ..Self::empty(asked)
        }
    }
}

fn unsaid(count: usize) -> Vec<Said> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

impl<'p, 'a: 'p> Reader<'p> {
    pub fn new(request: &'p RequestContext) -> Self {
        let scope = request.caller.scope();
        Self { request, scope }
    }

    /// A page of a list at the root.
    pub async fn page(
        self,
        (listing, request): (&Listing, &PageRequest),
        cursors: &Cursors,
        level: &Level<'a>,
        shape: &Shape<'a>,
    ) -> (Listed, Vec<Row>) {
        let mut rows = Vec::new();
        if !shape.reads {
            return (Listed::empty(shape.asked), rows);
        }
        let (store, selected) = (self.request.store(), &level.selected);
        let page = view::page(store, &self.scope, &listing.list, None, request, selected);
        let listed = match told(listing.connection, 1, page).await {
            Ok(page) => {
                let cursors = shape.places.is_some().then(|| cursors.clone());
                Listed::of(page, &mut rows, cursors, shape.asked)
            }
            Err(error) => Listed::wrong(Wrong::Read(error.into()), shape.asked),
        };
        (listed, rows)
    }

    /// The row whose `column` has this value.
    pub async fn one(
        self,
        name: &'static str,
        column: view::Column,
        key: view::Key<'_>,
        level: &Level<'a>,
    ) -> Result<Option<Row>, StoreError> {
        let (store, selected) = (self.request.store(), &level.selected);
        told(name, 1, view::one(store, &self.scope, column, key, selected)).await
    }

    /// The rows of the level's table that these ids name; those that the caller does not see are left out.
    pub async fn by_ids(self, ids: &[Uuid], level: &Level<'a>) -> Result<HashMap<Uuid, Row>, StoreError> {
        self.by_ids_in(level.selected.table().id(), ids, level).await
    }

    /// Those whose `column` is one of the ids.
    pub async fn by_ids_in(
        self,
        column: view::Column,
        ids: &[Uuid],
        level: &Level<'a>,
    ) -> Result<HashMap<Uuid, Row>, StoreError> {
        let (store, selected) = (self.request.store(), &level.selected);
        let read = view::by_ids(store, &self.scope, column, ids, selected);
        told(selected.table().name(), ids.len(), read).await
    }

    /// What is under the rows of a level.
    pub async fn below(self, level: &'p Level<'a>, rows: Vec<Row>) -> Result<Read<'p, 'a>, StoreError> {
        let mut reads = Vec::with_capacity(level.children.len());
        for child in &level.children {
            let mut parents = HashSet::with_capacity(rows.len());
            for row in &rows {
                // No id: the row that would have one is not there.
                parents.extend(view::uuid(row, child.parent)?);
            }
            reads.push(self.under(child, parents.into_iter().collect()));
        }
        let below = join_all(reads).await.into_iter().collect::<Result<_, _>>()?;
        let said = std::iter::repeat_with(|| unsaid(rows.len()))
            .take(level.asked)
            .collect();
        Ok(Read { rows, said, below })
    }

    fn under(self, child: &'p Child<'a>, parents: Vec<Uuid>) -> BoxFuture<'p, Result<Below<'p, 'a>, StoreError>> {
        async move {
            let mut rows = Vec::new();
            let lists = match &child.form {
                _ if parents.is_empty() => HashMap::new(),
                Form::Page(under, shape) => self.pages(child, (under, shape), &parents, &mut rows).await,
                Form::Family(family, _) => {
                    let (store, selected) = (self.request.store(), &child.level.selected);
                    let read = view::family(store, &self.scope, family, &parents, selected);
                    let found = told(child.to.name, parents.len(), read).await;
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
                        Wrong::Asked,
                    )
                }
            };
            let read = self.below(&child.level, rows).await?;
            Ok(Below { child, lists, read })
        }
        .boxed()
    }

    async fn pages(
        self,
        child: &Child<'a>,
        (under, shape): (&Under, &Shape<'a>),
        parents: &[Uuid],
        rows: &mut Vec<Row>,
    ) -> HashMap<Uuid, Listed> {
        let wrong = |error: ApiError| Listed::wrong(Wrong::Asked(error), shape.asked);
        // A cursor is of one parent's list.
        let each: Vec<&[Uuid]> = match under.arguments.has_places() {
            true => parents.chunks(1).collect(),
            false => vec![parents],
        };
        let (store, selected) = (self.request.store(), &child.level.selected);
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
                    told(under.listing.connection, parents.len(), read).await
                }
                false => Ok(HashMap::new()),
            };
            let cursors = |parent| shape.places.is_some().then(|| (under.cursors)(parent));
            all.extend(lists(found, parents, rows, shape.asked, cursors, Wrong::Read));
        }
        all
    }
}

/// The list of each parent, with the rows that were found under it.
fn lists(
    found: Result<impl IntoIterator<Item = (Uuid, Page<Row>)>, StoreError>,
    parents: &[Uuid],
    rows: &mut Vec<Row>,
    asked: usize,
    cursors: impl Fn(Uuid) -> Option<Cursors>,
    wrong: impl Fn(ApiError) -> Wrong,
) -> HashMap<Uuid, Listed> {
    match found {
        Ok(found) => {
            let mut lists: HashMap<_, _> = parents.iter().map(|parent| (*parent, Listed::empty(asked))).collect();
            for (parent, page) in found {
                lists.insert(parent, Listed::of(page, rows, cursors(parent), asked));
            }
            lists
        }
        Err(error) => {
            let error = ApiError::from(error);
            let list = |parent: &Uuid| (*parent, Listed::wrong(wrong(error.clone()), asked));
            parents.iter().map(list).collect()
        }
    }
}

/// Reads in a span of the trace, as loaders do.
async fn told<T>(
    what: &'static str,
    keys: usize,
    read: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    read.instrument(telemetry::batch(what, keys)).await
}
