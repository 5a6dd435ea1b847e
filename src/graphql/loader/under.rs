//! Values that each of many parents has, and that depend on something else, too: a filter, a page, a moment.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use uuid::Uuid;

use super::{Fetch, Fetched};
use auth::Scope;
use store::{Store, StoreError};

/// A parent, and what else its value depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Under<O> {
    pub parent: Uuid,
    pub of: O,
}

/// Reads the values of many parents in one statement. Parents of nothing visible to the scope are left out.
pub trait ReadUnder: 'static {
    /// What else the values depend on.
    type Of: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    type Value: Clone + Send + Sync + 'static;

    fn read(
        store: &Store,
        scope: &Scope,
        parents: &[Uuid],
        of: &Self::Of,
    ) -> impl Future<Output = ReadOfParents<Self>> + Send;
}

/// The values that were found, by their parents.
pub type ReadOfParents<R> = Result<HashMap<Uuid, <R as ReadUnder>::Value>, StoreError>;

/// One statement for all parents with the same `of`: usually there is only one.
impl<R: ReadUnder> Fetch for R {
    type Key = Under<R::Of>;
    type Value = R::Value;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut groups: HashMap<&R::Of, Vec<Uuid>> = HashMap::new();
        for key in keys {
            groups.entry(&key.of).or_default().push(key.parent);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (of, parents) in groups {
            let values = R::read(store, scope, &parents, of).await?;
            found.extend(values.into_iter().map(|(parent, value)| {
                let of = of.clone();
                (Under { parent, of }, value)
            }));
        }
        Ok(found)
    }
}
