//! The functions that every table whose rows have ids shares.

/// Defines the named functions for the module's `Entity`, `Column` and `from_row`: `find` (one row), `by_ids` (many
/// rows by their ids, in one statement) and `lock` (one row for update: other writers wait until this transaction
/// ends). Rows outside the scope are not found.
macro_rules! by_id {
    ($of:ty: by_ids) => {
        pub async fn by_ids(
            database: &$crate::Connection,
            scope: &auth::Scope,
            ids: &[uuid::Uuid],
        ) -> Result<std::collections::HashMap<uuid::Uuid, $of>, $crate::StoreError> {
            let select = $crate::scope::visible::<Entity>(scope);
            $crate::load::by_ids(database, select, Column::Id, ids, from_row).await
        }
    };
    ($of:ty, $id:ty: find) => {
        pub async fn find(
            database: &$crate::Connection,
            scope: &auth::Scope,
            id: $id,
        ) -> Result<Option<$of>, $crate::StoreError> {
            let select = $crate::scope::visible::<Entity>(scope);
            $crate::load::with_id(database, select, (Column::Id, id.uuid()), from_row).await
        }
    };
    ($of:ty, $id:ty: lock) => {
        pub async fn lock(
            transaction: &$crate::Connection,
            scope: &auth::Scope,
            id: $id,
        ) -> Result<Option<$of>, $crate::StoreError> {
            let select = sea_orm::QuerySelect::lock_exclusive($crate::scope::visible::<Entity>(scope));
            $crate::load::with_id(transaction, select, (Column::Id, id.uuid()), from_row).await
        }
    };
    ($of:ty, $id:ty: by_ids) => {
        $crate::by_id::by_id!($of: by_ids);
    };
    ($of:ty, $id:ty: $first:ident, $($more:ident),+) => {
        $crate::by_id::by_id!($of, $id: $first);
        $crate::by_id::by_id!($of, $id: $($more),+);
    };
}

pub(super) use by_id;
