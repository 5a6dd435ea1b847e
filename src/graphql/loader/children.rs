//! Lists of children under many parents: their pages and their counts.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::under::{ReadOfParents, ReadUnder};
use super::{Fetch, Fetched, Loader, Loaders};
use auth::Scope;
use store::page::{Page, PageRequest, RowPosition};
use store::view::{self, List, Row};
use store::{Store, StoreError};

/// Pages of a list under many parents, as shared domain values that `whole` decodes.
pub(super) async fn pages<T>(
    store: &Store,
    scope: &Scope,
    list: &List,
    parents: &[Uuid],
    request: &PageRequest,
    whole: fn(&Row, &str) -> Result<T, StoreError>,
) -> Result<HashMap<Uuid, Page<Arc<T>>>, StoreError> {
    let shared = |row: &Row, prefix: &str| whole(row, prefix).map(Arc::new);
    view::whole_pages(store, scope, list, parents, request, shared).await
}

/// A list of children that each of many parents has; one statement reads the pages of all parents of a level.
pub trait Children: Send + Sync + Sized + 'static {
    type Child: Send + Sync + 'static;

    /// Distinguishes the list's cursors from those of other lists.
    const NAME: &'static str;

    /// A child's position in the order of the list.
    fn place(child: &Self::Child) -> RowPosition;

    fn loaders(loaders: &Loaders) -> (&Loader<PagesOf<Self>>, &Loader<CountsOf<Self>>);

    fn list() -> List;

    /// Decodes a child whose columns were all read under names with this prefix.
    fn whole(row: &Row, prefix: &str) -> Result<Self::Child, StoreError>;
}

/// Reads pages of children.
pub struct PagesOf<C>(PhantomData<fn() -> C>);

impl<C: Children> ReadUnder for PagesOf<C> {
    type Of = PageRequest;
    type Value = Page<Arc<C::Child>>;

    async fn read(store: &Store, scope: &Scope, parents: &[Uuid], request: &Self::Of) -> ReadOfParents<Self> {
        pages(store, scope, &C::list(), parents, request, C::whole).await
    }
}

/// Counts children.
pub struct CountsOf<C>(PhantomData<fn() -> C>);

impl<C: Children> Fetch for CountsOf<C> {
    type Key = Uuid;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, parents: &[Self::Key]) -> Fetched<Self> {
        view::counts(store, scope, &C::list(), parents).await
    }
}
