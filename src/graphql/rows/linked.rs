//! Rows that other objects refer to, which are no rows themselves: the partner of a report's row, the campaign of
//! terms in force. The library resolves these objects one by one. Those of a list have the same selection set, so one
//! of them reads the rows for all: one statement for the rows, and one for each list under them.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures::FutureExt;
use futures::future::{join_all, try_join_all};
use uuid::Uuid;

use super::at_hand::{deleted, rows};
use super::description::{Resolver, TypeDescription};
use super::field_error::server_error;
use super::projection::{Projection, ProjectionContext};
use super::read::{FetchedRows, RowReader};
use super::registered_as::registered_as;
use super::write::{RowWriter, missing};
use super::{RowObject, finish};
use crate::graphql::aggregates::CountedLists;
use crate::graphql::context::RequestContext;
use crate::graphql::error::ApiError;
use crate::graphql::loader::{Fetch, Fetched};
use auth::Scope;
use domain::id::{Id, Kind};
use store::view::{AtHand, LoadedCells, Source};
use store::{Store, StoreError};

/// The row of type `T` to which an object refers by its id; read as the selection set requests.
pub struct Linked<T> {
    id: Uuid,
    is_required: bool,
    object: PhantomData<fn() -> T>,
}

/// The rows to which an object refers, without those that the caller may not see; `[T!]` in the schema.
pub struct LinkedList<T>(Vec<Linked<T>>);

impl<T> Clone for Linked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Linked<T> {}

impl<T> Linked<T> {
    /// The row with this id; null if there is none that the caller may see.
    pub fn to<K: Kind>(id: Id<K>) -> Self {
        Self {
            id: id.uuid(),
            is_required: false,
            object: PhantomData,
        }
    }

    /// The row with this id, which is never missing.
    pub fn required<K: Kind>(id: Id<K>) -> Self {
        Self {
            is_required: true,
            ..Self::to(id)
        }
    }
}

impl<T> LinkedList<T> {
    /// The rows with these ids.
    pub fn to<K: Kind>(ids: &[Id<K>]) -> Self {
        Self(ids.iter().copied().map(Linked::to).collect())
    }
}

/// The row to which an object may refer.
pub fn link_to<T, K: Kind>(id: Option<Id<K>>) -> Option<Linked<T>> {
    id.map(Linked::to)
}

impl<T: RowObject> OutputType for Linked<T> {
    registered_as!(T);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match linked(T::TYPE, self.id, ctx, field).boxed().await? {
            Some(shown) => Ok(shown),
            None if self.is_required => Err(ctx.set_error_path(server_error(missing(field).into(), field))),
            None => Ok(Value::Null),
        }
    }
}

impl<T: RowObject> OutputType for LinkedList<T> {
    registered_as!(Vec<T>);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let each = self.0.iter().enumerate().map(|(place, row)| async move {
            let ctx = ctx.with_index(place);
            linked(T::TYPE, row.id, &ctx, field).boxed().await
        });
        let shown = try_join_all(each).await?;
        Ok(Value::List(shown.into_iter().flatten().collect()))
    }
}

/// `None`: there is no such row that the caller may see.
async fn linked(
    to: &'static TypeDescription,
    id: Uuid,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Option<Value>> {
    if to.identity.is_empty() {
        let readable = ctx.data_unchecked::<RequestContext>().caller.read_linked(to.resource);
        readable.map_err(|denied| ctx.set_error_path(server_error(denied.into(), field)))?;
    }
    show(to, (id, None), ctx, field).await
}

/// Resolves an object that is already loaded: it writes its own values, and reads what else is selected together with
/// the other objects that have this selection set.
pub async fn loaded<T: RowObject + Resolver>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let at_hand = object.at_hand(request.caller.tenant());
    let row = (object.uuid(), Some((object as &dyn Resolver, at_hand)));
    let shown = show(T::TYPE, row, ctx, field).boxed().await?;
    shown.ok_or_else(|| ctx.set_error_path(server_error(deleted(), field)))
}

/// `loaded` is the object if it is already loaded, which then resolves its computed fields.
async fn show(
    to: &'static TypeDescription,
    (id, loaded): (Uuid, Option<(&dyn Resolver, AtHand)>),
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Option<Value>> {
    let request = ctx.data_unchecked::<RequestContext>();
    let failed = |error: ApiError| ctx.set_error_path(server_error(error, field));
    let mut projection = Projection::linked(to, loaded.is_some());
    let object = projection.object(ProjectionContext { ctx, request }, to, Source::OWN, &ctx.item.node);
    let own = loaded
        .as_ref()
        .map(|(_, value)| Arc::new(projection.selected.at_hand(value)));
    let key = LinkedKey {
        selection_set: std::ptr::from_ref(&ctx.item.node).addr(),
        depth: depth(ctx),
        to,
        id,
        own,
        projection: Arc::new(projection),
    };
    let found = request.loaders().linked_rows.load(key).await.map_err(failed)?;
    let Some((read, row)) = found.transpose().map_err(|error| failed(ApiError::Internal(error)))? else {
        return Ok(None);
    };
    match loaded {
        _ if !object.has_resolvers => {}
        Some((resolver, _)) => read.ask_resolver(&object, row, Some(Ok(resolver)), ctx).await,
        None => read.run_resolvers(&object, row, ctx).await,
    }
    finish(ctx, field, |json| RowWriter::new(ctx).object(&read, &object, row, json)).map(Some)
}

/// How many steps the path of the object has.
fn depth(ctx: &ContextSelectionSet<'_>) -> usize {
    std::iter::successors(ctx.path_node.as_ref(), |node| node.parent).count()
}

/// A row, and what to read of it.
#[derive(Clone)]
pub struct LinkedKey {
    /// Where the selection set is in the document of the request.
    selection_set: usize,
    /// Rows share what their resolvers answer, with errors whose paths differ only in their steps, not in their length.
    depth: usize,
    to: &'static TypeDescription,
    id: Uuid,
    /// The cells of the object, if it is already loaded.
    own: Option<Arc<LoadedCells>>,
    /// The same for all rows of one type with this selection set.
    projection: Arc<Projection>,
}

impl LinkedKey {
    /// What rows that are read together have in common.
    fn level(&self) -> (usize, usize, &'static str) {
        (self.selection_set, self.depth, self.to.name)
    }
}

impl PartialEq for LinkedKey {
    fn eq(&self, other: &Self) -> bool {
        (self.level(), self.id) == (other.level(), other.id)
    }
}

impl Eq for LinkedKey {}

impl Hash for LinkedKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.level(), self.id).hash(state);
    }
}

impl fmt::Debug for LinkedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to.name, self.id)
    }
}

/// Reads the rows of each level by one statement, and the lists under them.
pub struct LinkedRows;

impl Fetch for LinkedRows {
    type Key = LinkedKey;
    /// The rows of the level, and which of them it is. An error of one level does not concern the others.
    type Value = Result<(Arc<FetchedRows>, usize), Arc<StoreError>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut levels: HashMap<_, Vec<&LinkedKey>> = HashMap::new();
        for key in keys {
            levels.entry(key.level()).or_default().push(key);
        }
        let reading = levels.into_values().map(|keys| async move {
            let read = level(store, scope, &keys).await.map_err(Arc::new);
            (keys, read)
        });
        let mut found = HashMap::with_capacity(keys.len());
        for (keys, read) in join_all(reading).await {
            match read {
                Ok((read, numbers)) => {
                    let rows = keys.into_iter().zip(numbers);
                    found.extend(rows.filter_map(|(key, row)| Some((key.clone(), Ok((read.clone(), row?))))));
                }
                Err(error) => found.extend(keys.into_iter().map(|key| (key.clone(), Err(error.clone())))),
            }
        }
        Ok(found)
    }
}

/// The rows of a level, and for each key the number of its row.
async fn level(
    store: &Store,
    scope: &Scope,
    keys: &[&LinkedKey],
) -> Result<(Arc<FetchedRows>, Vec<Option<usize>>), StoreError> {
    let projection = &keys[0].projection;
    // Counting a list once more within a statement that reads it costs little.
    let counted = CountedLists::default();
    let reader = RowReader::of(store, *scope, &counted);
    let wanted = keys.iter().map(|key| (key.id, key.own.as_deref().cloned()));
    let (mut numbers, mut there) = (Vec::with_capacity(keys.len()), Vec::with_capacity(keys.len()));
    for row in rows(reader, projection, wanted.collect()).await? {
        numbers.push(row.is_some().then_some(there.len()));
        there.extend(row);
    }
    let read = reader.below(projection, there).await?;
    Ok((Arc::new(read), numbers))
}
