//! The functions that every table whose rows have ids shares.

/// Defines the named functions for the module's `Entity`, `Column`, `from_row` and `to_row`. Rows outside the scope are
/// not found.
///
/// - `find`: one row by its id;
/// - `find_by_external_id`: one row by the id that another system gave it;
/// - `by_ids`, `by_external_ids`: many rows by their ids, in one statement;
/// - `lock`: one row for update; other writers wait until this transaction ends;
/// - `insert`, `update` (all columns), `delete`: one row;
/// - `whole`: decodes a row whose columns were all read under names with a prefix;
/// - `at_hand`: the column values of an object in memory, by column name, `but` those that the object does not carry.
macro_rules! table_functions {
    ($of:ty: whole) => {
        pub fn whole(row: &$crate::view::Row, prefix: &str) -> Result<$of, $crate::StoreError> {
            from_row($crate::view::whole(row, prefix)?)
        }
    };
    ($of:ty: at_hand $(but $($column:literal),+)?) => {
        pub fn at_hand(tenant: domain::id::TenantId, object: &$of) -> $crate::view::AtHand {
            $crate::view::at_hand(to_row(tenant, object), &[$($($column),+)?])
        }
    };
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
    ($of:ty: by_external_ids) => {
        pub async fn by_external_ids(
            database: &$crate::Connection,
            scope: &auth::Scope,
            external_ids: &[String],
        ) -> Result<std::collections::HashMap<String, $of>, $crate::StoreError> {
            let select = $crate::scope::visible::<Entity>(scope);
            $crate::load::by_texts(database, select, Column::ExternalId, external_ids, from_row).await
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
            let found = $crate::load::with_id(transaction, select, (Column::Id, id.uuid()), from_row).await?;
            $crate::locks::hold_object::<Entity>(transaction, id.uuid());
            Ok(found)
        }
    };
    ($of:ty, $id:ty: find_by_external_id) => {
        pub async fn find_by_external_id(
            database: &$crate::Connection,
            scope: &auth::Scope,
            external_id: &str,
        ) -> Result<Option<$of>, $crate::StoreError> {
            let condition = sea_orm::ColumnTrait::eq(&Column::ExternalId, external_id);
            let select = sea_orm::QueryFilter::filter($crate::scope::visible::<Entity>(scope), condition);
            $crate::load::one(database, select, from_row).await
        }
    };
    ($of:ty, $id:ty: insert) => {
        pub async fn insert(
            transaction: &$crate::Connection,
            tenant: domain::id::TenantId,
            object: &$of,
        ) -> Result<(), $crate::StoreError> {
            $crate::write::insert(transaction, to_row(tenant, object)).await
        }
    };
    ($of:ty, $id:ty: update) => {
        pub async fn update(
            transaction: &$crate::Connection,
            tenant: domain::id::TenantId,
            object: &$of,
        ) -> Result<(), $crate::StoreError> {
            $crate::write::update(transaction, to_row(tenant, object)).await
        }
    };
    ($of:ty, $id:ty: delete) => {
        pub async fn delete(
            transaction: &$crate::Connection,
            tenant: domain::id::TenantId,
            id: $id,
        ) -> Result<(), $crate::StoreError> {
            let which = sea_orm::ColumnTrait::eq(&Column::Id, id.uuid());
            $crate::write::delete::<Entity>(transaction, tenant, which).await
        }
    };
    ($of:ty, $id:ty: by_ids) => {
        $crate::table_functions::table_functions!($of: by_ids);
    };
    ($of:ty, $id:ty: by_external_ids) => {
        $crate::table_functions::table_functions!($of: by_external_ids);
    };
    ($of:ty, $id:ty: whole) => {
        $crate::table_functions::table_functions!($of: whole);
    };
    ($of:ty, $id:ty: at_hand) => {
        $crate::table_functions::table_functions!($of: at_hand);
    };
    ($of:ty: $first:ident, $($more:ident),+) => {
        $crate::table_functions::table_functions!($of: $first);
        $crate::table_functions::table_functions!($of: $($more),+);
    };
    ($of:ty, $id:ty: $first:ident, $($more:ident),+) => {
        $crate::table_functions::table_functions!($of, $id: $first);
        $crate::table_functions::table_functions!($of, $id: $($more),+);
    };
}

pub(super) use table_functions;
