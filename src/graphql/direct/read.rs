//! Reading what a plan needs: one statement for each list, those of one level side by side.

use std::collections::{HashMap, HashSet};

use async_graphql::Variables;
use futures::FutureExt;
use futures::future::{BoxFuture, try_join_all};
use tracing::Instrument;
use uuid::Uuid;

use super::Gone;
use super::arguments::Arguments;
use super::compile::{Child, Level};
use super::object::Form;
use super::page::Shape;
use crate::auth::Scope;
use crate::graphql::commission_list;
use crate::graphql::context::RequestContext;
use crate::graphql::cursor::Cursors;
use crate::graphql::partner;
use crate::store::StoreError;
use crate::store::commission::Parent;
use crate::store::page::Page;
use crate::store::view::{self, Children, Json, Row, View};
use crate::telemetry;

/// Who reads, and with which variables.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    request: &'a RequestContext,
    variables: &'a Variables,
    scope: Scope,
}

/// A page of rows, and what makes their cursors if any is shown.
pub struct Listed {
    pub page: Page<Row>,
    pub cursors: Option<Cursors>,
}

/// What was found under the rows of a level, for one of its children.
pub struct Found<'a> {
    form: &'a Form,
    under: HashMap<Uuid, Listed>,
    below: Vec<Found<'a>>,
}

impl Listed {
    fn nothing() -> Self {
        Self {
            page: Page::empty(),
            cursors: None,
        }
    }
}

impl Found<'_> {
    /// Writes what is under `parent`.
    pub fn write(&self, parent: Uuid, json: &mut Json) -> Result<(), Gone> {
        let nothing = Listed::nothing();
        let listed = self.under.get(&parent).unwrap_or(&nothing);
        match self.form {
            Form::Page(shape) => shape.write(listed, &self.below, json),
            Form::List(object) => json.list(&listed.page.items, |json, row| object.write(row, &self.below, json)),
        }
    }
}

impl<'a> Reader<'a> {
    pub fn new(request: &'a RequestContext, variables: &'a Variables) -> Self {
        Self {
            request,
            variables,
            scope: request.caller.scope(),
        }
    }

    /// One row, and what is under it.
    pub async fn one(
        self,
        view: &'static View,
        id: Uuid,
        level: &'a Level,
    ) -> Result<(Option<Row>, Vec<Found<'a>>), Gone> {
        let (database, selected) = (self.request.store().reader(), &level.selected);
        let row = told(view.name, 1, view::one(database, &self.scope, view, id, selected)).await?;
        let found = self.below(level, row.iter()).await?;
        Ok((row, found))
    }

    pub async fn commissions(self, arguments: &Arguments, level: &Level, shape: &Shape) -> Result<Listed, Gone> {
        let filter = arguments.read::<Option<_>>("filter", self.variables)?;
        let list = commission_list::Asked::read(filter, arguments.read("orderBy", self.variables)?)?;
        let cursors = list.cursors_of_all(self.scope);
        let request = arguments.page(self.variables)?.read(&cursors)?;
        let (database, scope) = (self.request.store().reader(), &self.scope);
        let page = view::commissions(database, scope, &list.filter, list.sort(), &request, &level.selected);
        let page = told("CommissionConnection", 1, page).await?;
        let cursors = shape.places.is_some().then_some(cursors);
        Ok(Listed { page, cursors })
    }

    pub async fn partners(self, arguments: &Arguments, level: &Level, shape: &Shape) -> Result<Listed, Gone> {
        let filter = arguments.read::<Option<_>>("filter", self.variables)?;
        let order_by = arguments.read("orderBy", self.variables)?;
        let list = partner::Asked::read(&self.request.caller, filter, order_by)?;
        let cursors = list.cursors(self.scope);
        let request = arguments.page(self.variables)?.read(&cursors)?;
        let (database, scope) = (self.request.store().reader(), &self.scope);
        let page = view::partners(database, scope, &list.filter, list.sort(), &request, &level.selected);
        let page = told("PartnerConnection", 1, page).await?;
        let cursors = shape.places.is_some().then_some(cursors);
        Ok(Listed { page, cursors })
    }

    /// What is under `rows`, for each child of their level.
    pub async fn below<'r>(
        self,
        level: &'a Level,
        rows: impl Iterator<Item = &'r Row> + Clone,
    ) -> Result<Vec<Found<'a>>, Gone> {
        let mut reads = Vec::with_capacity(level.children.len());
        for child in &level.children {
            let mut parents = HashSet::new();
            for row in rows.clone() {
                // No id: the row that would have one is not there.
                parents.extend(view::uuid(row, child.parent)?);
            }
            reads.push(self.under(child, parents.into_iter().collect()));
        }
        try_join_all(reads).await
    }

    fn under(self, child: &'a Child, parents: Vec<Uuid>) -> BoxFuture<'a, Result<Found<'a>, Gone>> {
        async move {
            let under = match (&child.form, child.children) {
                _ if parents.is_empty() => HashMap::new(),
                (Form::Page(shape), Children::Commissions(kind)) => {
                    self.commissions_under(child, shape, kind, &parents).await?
                }
                (_, Children::Commissions(_)) => return Err(Gone),
                (_, Children::Balances) => self.balances_under(child, &parents).await?,
            };
            let rows = under.values().flat_map(|listed| &listed.page.items);
            let below = self.below(&child.level, rows).await?;
            Ok(Found {
                form: &child.form,
                under,
                below,
            })
        }
        .boxed()
    }

    async fn commissions_under(
        self,
        child: &Child,
        shape: &Shape,
        kind: Parent,
        parents: &[Uuid],
    ) -> Result<HashMap<Uuid, Listed>, Gone> {
        let filter = child.arguments.read::<Option<_>>("filter", self.variables)?;
        let list = commission_list::Asked::read(filter, child.arguments.read("orderBy", self.variables)?)?;
        let arguments = child.arguments.page(self.variables)?;
        let cursors = |parent| list.cursors_under(self.scope, kind, parent);
        let request = if arguments.has_places() {
            // A cursor is of one parent's list.
            let [parent] = parents else { return Err(Gone) };
            arguments.read(&cursors(*parent))?
        } else {
            arguments.read(&Cursors::of(()))?
        };
        let (database, scope) = (self.request.store().reader(), &self.scope);
        let (sort, selected) = (list.sort(), &child.level.selected);
        let pages = view::commissions_of(database, scope, kind, parents, &list.filter, sort, &request, selected);
        let pages = told("CommissionConnection", parents.len(), pages).await?;
        let pages = pages.into_iter().map(|(parent, page)| {
            let cursors = shape.places.is_some().then(|| cursors(parent));
            (parent, Listed { page, cursors })
        });
        Ok(pages.collect())
    }

    async fn balances_under(self, child: &Child, parents: &[Uuid]) -> Result<HashMap<Uuid, Listed>, Gone> {
        let database = self.request.store().reader();
        let found = view::balances_of(database, &self.scope, parents, &child.level.selected);
        let found = told("PartnerBalance", parents.len(), found).await?;
        let lists = found.into_iter().map(|(parent, items)| {
            let page = Page { items, ..Page::empty() };
            (parent, Listed { page, cursors: None })
        });
        Ok(lists.collect())
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
