//! How many rows the lists under many parents have.

use std::marker::PhantomData;

use uuid::Uuid;

use super::{Fetch, Fetched, Loader, Loaders};
use auth::Scope;
use store::Store;
use store::view::{self, List};

/// A list of children that each of many parents has.
pub trait Children: Send + Sync + Sized + 'static {
    /// Distinguishes the list's cursors from those of other lists.
    const NAME: &'static str;

    fn counts(loaders: &Loaders) -> &Loader<CountsOf<Self>>;

    fn list() -> List;
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
