//! Backtests. Nothing here writes to the ledger.

mod history;
mod moves;
mod open;
mod proposal;
mod recorded;
mod results;
mod versions;
mod work;

use entity::backtest::{self, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryTrait};

use super::scope::visible;
use super::{StoreError, row, view};
use crate::Connection;
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use crate::write;
use auth::Scope;
use domain::Timestamp;
use domain::backtest::{Backtest, BacktestStatus};
use domain::id::{BacktestId, TenantId};
pub use history::{CurrentPartner, LooseRows, count_events, loose, partners};
pub use moves::{PartnerMoves, moves};
pub use open::{delete_expired, open};
pub use proposal::{Proposal, ProposedTier};
pub use recorded::{EventRange, event_ranges, recorded};
pub use results::{
    BacktestSum, PartnerResultOrder, PartnerSum, actual_rows, campaigns, changed_rows, months_of,
    partners as partner_results, totals_of, whole_partner, whole_sum,
};
pub use versions::versions;
pub use work::{FinishedPartners, LeasedBacktest, advance, claim, end, keep_changed, renew};

const TABLE: &str = "backtest";

/// All backtests, newest first. GraphQL reads such lists by [`view::page`].
pub fn list() -> view::List {
    let select = |_, scope: &Scope, _| visible::<Entity>(scope).into_query();
    view::List::new(&view::BACKTEST, Some(String::new()), select)
}

/// How many backtests are queued or running.
pub async fn count_open(database: &Connection, scope: &Scope) -> Result<u64, StoreError> {
    let open = [BacktestStatus::Queued, BacktestStatus::Running].map(BacktestStatus::as_str);
    Ok(visible::<Entity>(scope)
        .filter(Column::Status.is_in(open))
        .count(database)
        .await?)
}

/// The proposal as it was checked.
pub async fn checked(database: &Connection, scope: &Scope, id: BacktestId) -> Result<Option<Proposal>, StoreError> {
    let row = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .one(database)
        .await?;
    row.map(|row| row::json(TABLE, "checked", row.checked)).transpose()
}

pub async fn insert(
    transaction: &Connection,
    tenant: TenantId,
    backtest: &Backtest,
    checked: &Proposal,
) -> Result<(), StoreError> {
    let row = backtest::Model {
        checked: row::to_json(checked),
        ..to_row(tenant, backtest)
    };
    write::insert(transaction, row).await
}

/// Cancels the backtest unless it has ended; returns whether it was canceled.
pub async fn cancel(
    transaction: &Connection,
    tenant: TenantId,
    id: BacktestId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let open = [BacktestStatus::Queued, BacktestStatus::Running].map(BacktestStatus::as_str);
    let canceled = Entity::update_many()
        .col_expr(Column::Status, Expr::value(BacktestStatus::Canceled.as_str()))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::Status.is_in(open))
        .exec(transaction)
        .await?;
    Ok(canceled.rows_affected == 1)
}
table_functions!(Backtest: by_ids, whole, at_hand);

mapped! {
    fn (row: backtest::Model, backtest: Backtest) of TABLE;
    both: id, name, status, proposal, campaign_id, group_id, tier_id, created_at, started_at, finished_at, created_by,
        events, of_events, failure, incomplete_history;
    read: {
        from: row.range_from,
        to: row.range_to,
    }
    written: {
        range_from: backtest.from,
        range_to: backtest.to,
        checked: serde_json::Value::Null,
        after_partner: None,
        holder: None,
        held_until: None,
    }
}
