//! Which objects ids are of, and reading them.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use auth::Scope;
use domain::id::{Id, Kind};
use store::{Connection, StoreError};

/// A kind of objects that are read by their ids.
pub trait Stored: Kind {
    type Object: Send;

    /// The objects with these ids, in one statement.
    fn by_ids(
        database: &Connection,
        scope: &Scope,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<HashMap<Uuid, Self::Object>, StoreError>> + Send;
}

/// The object with this id.
pub(crate) async fn find<K: Stored>(
    database: &Connection,
    scope: &Scope,
    id: Id<K>,
) -> Result<Option<K::Object>, StoreError> {
    Ok(K::by_ids(database, scope, &[id.uuid()]).await?.remove(&id.uuid()))
}

/// The id in a stored answer.
pub(crate) fn id_in<K: Kind>(stored: &Value) -> Option<Id<K>> {
    stored.as_str()?.parse().ok()
}

/// The object whose id a stored answer consists of.
pub(crate) async fn find_in<K: Stored>(
    database: &Connection,
    scope: &Scope,
    stored: &Value,
) -> Result<Option<K::Object>, StoreError> {
    match id_in::<K>(stored) {
        Some(id) => find(database, scope, id).await,
        None => Ok(None),
    }
}
