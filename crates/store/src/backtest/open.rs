//! Backtests that wait for a worker, and expired ones, looked up across all tenants. Each is then processed in its own
//! tenant.

use entity::backtest::{self, Column};
use entity::{backtest_event, backtest_partner, backtest_sum};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};
use uuid::Uuid;

use super::super::{StoreError, Transaction};
use crate::Connection;
use crate::write;
use domain::Timestamp;
use domain::backtest::BacktestStatus;
use domain::id::{BacktestId, TenantId};

/// Open backtests that no worker holds, the longest waiting first.
pub async fn open(
    database: &Connection,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(TenantId, BacktestId)>, StoreError> {
    let free = Condition::any()
        .add(Column::HeldUntil.is_null())
        .add(Column::HeldUntil.lte(now));
    let open = [BacktestStatus::Queued, BacktestStatus::Running].map(BacktestStatus::as_str);
    let select = Query::select()
        .columns([Column::TenantId, Column::Id])
        .from(backtest::Entity)
        .and_where(Column::Status.is_in(open))
        .cond_where(free)
        .order_by(Column::Id, sea_orm::Order::Asc)
        .limit(limit)
        .take();
    ids(database, &select).await
}

/// Deletes backtests that ended before this moment, with their results; at most `limit` of them.
pub async fn delete_expired(transaction: &Transaction, before: Timestamp, limit: u64) -> Result<usize, StoreError> {
    let select = Query::select()
        .columns([Column::TenantId, Column::Id])
        .from(backtest::Entity)
        .and_where(Column::FinishedAt.lt(before))
        .limit(limit)
        .take();
    let expired = ids(transaction, &select).await?;
    for (tenant, id) in &expired {
        let (tenant, id) = (*tenant, id.uuid());
        write::delete::<backtest_event::Entity>(transaction, tenant, backtest_event::Column::BacktestId.eq(id)).await?;
        write::delete::<backtest_partner::Entity>(transaction, tenant, backtest_partner::Column::BacktestId.eq(id))
            .await?;
        write::delete::<backtest_sum::Entity>(transaction, tenant, backtest_sum::Column::BacktestId.eq(id)).await?;
        write::delete::<backtest::Entity>(transaction, tenant, Column::Id.eq(id)).await?;
    }
    Ok(expired.len())
}

async fn ids(
    database: &Connection,
    select: &sea_orm::sea_query::SelectStatement,
) -> Result<Vec<(TenantId, BacktestId)>, StoreError> {
    let rows = database.query_all(select).await?.into_iter().map(|row| {
        let id = |column| row.try_get::<Uuid>("", column);
        Ok((TenantId::from_uuid(id("tenant_id")?), BacktestId::from_uuid(id("id")?)))
    });
    rows.collect()
}
