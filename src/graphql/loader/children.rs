//! Lists of children under many parents: their pages and their counts.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::{Fetch, Fetched, Loader, Loaders};
use auth::Scope;
use store::page::{Page, PageRequest, RowPosition};
use store::{Store, StoreError};

/// A page of one parent's children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageKey {
    pub parent: Uuid,
    pub request: PageRequest,
}

/// Reads the pages of many parents with one statement per distinct set of paging arguments (usually there is only one).
async fn pages<T, R>(
    keys: &[PageKey],
    read: impl Fn(Vec<Uuid>, PageRequest) -> R,
) -> Result<HashMap<PageKey, Page<Arc<T>>>, StoreError>
where
    R: Future<Output = Result<HashMap<Uuid, Page<T>>, StoreError>>,
{
    let mut parents: HashMap<&PageRequest, Vec<Uuid>> = HashMap::new();
    for key in keys {
        parents.entry(&key.request).or_default().push(key.parent);
    }
    let mut pages = HashMap::with_capacity(keys.len());
    for (request, parents) in parents {
        for (parent, page) in read(parents, request.clone()).await? {
            let page = page.map(Arc::new);
            pages.insert(
                PageKey {
                    parent,
                    request: request.clone(),
                },
                page,
            );
        }
    }
    Ok(pages)
}

/// A list of children that each of many parents has; one statement reads the pages of all parents of a level.
pub trait Children: Send + Sync + Sized + 'static {
    type Child: Send + Sync + 'static;

    /// Distinguishes the list's cursors from those of other lists.
    const NAME: &'static str;

    /// A child's position in the order of the list.
    fn place(child: &Self::Child) -> RowPosition;

    fn loaders(loaders: &Loaders) -> (&Loader<PagesOf<Self>>, &Loader<CountsOf<Self>>);

    fn pages(
        store: &Store,
        scope: &Scope,
        parents: &[Uuid],
        request: &PageRequest,
    ) -> impl Future<Output = Result<HashMap<Uuid, Page<Self::Child>>, StoreError>> + Send;

    fn counts(
        store: &Store,
        scope: &Scope,
        parents: &[Uuid],
    ) -> impl Future<Output = Result<HashMap<Uuid, u64>, StoreError>> + Send;
}

/// Reads pages of children.
pub struct PagesOf<C>(PhantomData<fn() -> C>);

impl<C: Children> Fetch for PagesOf<C> {
    type Key = PageKey;
    type Value = Page<Arc<C::Child>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let read = async |parents: Vec<Uuid>, request: PageRequest| C::pages(store, scope, &parents, &request).await;
        pages(keys, read).await
    }
}

/// Counts children.
pub struct CountsOf<C>(PhantomData<fn() -> C>);

impl<C: Children> Fetch for CountsOf<C> {
    type Key = Uuid;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, parents: &[Self::Key]) -> Fetched<Self> {
        C::counts(store, scope, parents).await
    }
}

/// Declares [`Children`] that are sorted by id: `name: child type, list name, loader of pages, loader of counts`, then
/// the store's functions for both.
macro_rules! children {
    ($($(#[$meta:meta])* $name:ident: $child:ty, $list:literal, $pages:ident, $counts:ident =
        $store:ident::{$read_pages:ident, $read_counts:ident};)+) => {
        $(
            $(#[$meta])*
            pub struct $name;

            impl $crate::graphql::loader::Children for $name {
                type Child = $child;
                const NAME: &'static str = $list;

                fn place(child: &Self::Child) -> store::page::RowPosition {
                    store::page::RowPosition::of_id(child.id)
                }

                fn loaders(
                    loaders: &$crate::graphql::loader::Loaders,
                ) -> (
                    &$crate::graphql::loader::Loader<$crate::graphql::loader::PagesOf<Self>>,
                    &$crate::graphql::loader::Loader<$crate::graphql::loader::CountsOf<Self>>,
                ) {
                    (&loaders.$pages, &loaders.$counts)
                }

                async fn pages(
                    store: &Store,
                    scope: &Scope,
                    parents: &[Uuid],
                    request: &store::page::PageRequest,
                ) -> Result<HashMap<Uuid, store::page::Page<Self::Child>>, StoreError> {
                    $store::$read_pages(store.reader(), scope, parents, request).await
                }

                async fn counts(
                    store: &Store,
                    scope: &Scope,
                    parents: &[Uuid],
                ) -> Result<HashMap<Uuid, u64>, StoreError> {
                    $store::$read_counts(store.reader(), scope, parents).await
                }
            }
        )+
    };
}

pub(super) use children;
