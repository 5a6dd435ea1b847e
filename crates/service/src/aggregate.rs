//! What every kind of object declares beside its service.

/// Declares, beside its service, which objects the ids of a kind are of, and the module of the store that reads them:
/// `aggregate!(PaymentStage: PaymentStage, in stage, with external_id, answer)`. `external_id`: such an object is found by
/// the id that another system gave it; `answer`: a call may return it, and be repeated with the same idempotency key.
macro_rules! aggregate {
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
        $crate::aggregate::aggregate!($kind: $object, in $($module)::+);
        $crate::aggregate::aggregate!(@[$($more)+] $kind: $object, in $($module)::+);
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

        $crate::aggregate::aggregate!(@[$($more)*] $kind: $object, in $($module)::+);
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

        $crate::aggregate::aggregate!(@[$($more)*] $kind: $object, in $($module)::+);
    };
}

pub(crate) use aggregate;
