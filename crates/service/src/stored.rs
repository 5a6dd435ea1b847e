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

/// Declares, beside its service, which objects the ids of a kind are of, and the module of the store that reads them:
/// `stored!(PaymentStage: PaymentStage, in stage, with external_id, answer)`. `external_id`: such an object is found by
/// the id that another system gave it; `answer`: a call may return it, and be repeated with the same idempotency key.
macro_rules! stored {
    ($kind:ident: $object:ty, in $($module:ident)::+) => {
        impl $crate::stored::Stored for domain::id::$kind {
            type Object = $object;

            async fn by_ids(
                database: &store::Connection,
                scope: &auth::Scope,
                ids: &[uuid::Uuid],
            ) -> Result<std::collections::HashMap<uuid::Uuid, $object>, store::StoreError> {
                store::$($module)::+::by_ids(database, scope, ids).await
            }
        }
    };
    ($kind:ident: $object:ty, in $($module:ident)::+, with $($more:ident),+) => {
        $crate::stored::stored!($kind: $object, in $($module)::+);
        $crate::stored::stored!(@[$($more)+] $kind: $object, in $($module)::+);
    };
    (@[] $kind:ident: $object:ty, in $($module:ident)::+) => {};
    (@[external_id $($more:ident)*] $kind:ident: $object:ty, in $($module:ident)::+) => {
        impl $crate::external_id::WithExternalId for domain::id::$kind {
            async fn holder(
                database: &store::Connection,
                scope: &auth::Scope,
                external_id: &str,
            ) -> Result<Option<domain::id::Id<Self>>, store::StoreError> {
                let holder = store::$($module)::+::find_by_external_id(database, scope, external_id).await?;
                Ok(holder.map(|holder| holder.id))
            }
        }

        $crate::stored::stored!(@[$($more)*] $kind: $object, in $($module)::+);
    };
    (@[answer $($more:ident)*] $kind:ident: $object:ty, in $($module:ident)::+) => {
        impl $crate::once::Answer for $object {
            fn to_stored(&self) -> serde_json::Value {
                serde_json::json!(self.id.to_string())
            }

            async fn reload(
                store: &store::Store,
                scope: &auth::Scope,
                kept: &serde_json::Value,
            ) -> Result<Option<Self>, store::StoreError> {
                $crate::stored::find_in::<domain::id::$kind>(store.reader(), scope, kept).await
            }
        }

        $crate::stored::stored!(@[$($more)*] $kind: $object, in $($module)::+);
    };
}

pub(crate) use stored;

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
