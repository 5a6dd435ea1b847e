//! Writes rows of any table.

use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::scope::Scoped;
use super::{Connection, StoreError};
use domain::id::TenantId;

/// Rows per statement. Times a table's columns it must stay below SQLite's 32,766 parameters; full statements have the
/// same text, so that they are prepared once.
const ROWS: usize = 500;

pub async fn insert<A: ActiveModelTrait>(
    transaction: &Connection,
    row: impl IntoActiveModel<A>,
) -> Result<(), StoreError> {
    A::Entity::insert(row.into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Inserts rows of one table, if there are any. Boxed: a future that holds the iterator of a caller is not known to be
/// `Send`.
pub fn insert_all<A: ActiveModelTrait + Send + 'static>(
    transaction: &Connection,
    rows: impl IntoIterator<Item = impl IntoActiveModel<A>>,
) -> BoxFuture<'_, Result<(), StoreError>> {
    let rows: Vec<A> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
    let inserting = async move {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            A::Entity::insert_many(rows.by_ref().take(ROWS))
                .exec_without_returning(transaction)
                .await?;
        }
        Ok(())
    };
    inserting.boxed()
}

/// Writes all columns of a row that exists.
pub async fn update<A: ActiveModelTrait>(
    transaction: &Connection,
    row: impl IntoActiveModel<A>,
) -> Result<(), StoreError> {
    let row = row.into_active_model().reset_all();
    A::Entity::update(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Deletes the tenant's rows that match `which`.
pub async fn delete<E: Scoped>(
    transaction: &Connection,
    tenant: TenantId,
    which: impl Into<Expr>,
) -> Result<(), StoreError> {
    let own = E::delete_many().filter(E::tenant_column().eq(tenant.uuid()));
    own.filter(which.into()).exec(transaction).await?;
    Ok(())
}
