//! The results of backtests.

use std::collections::HashMap;

use entity::{backtest_event, backtest_partner, backtest_sum, commission_written};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::scope::visible;
use super::super::{StoreError, load, many, row, view};
use super::history::KINDS;
use crate::Connection;
use auth::Scope;
use domain::Timestamp;
use domain::backtest::{Backtest, ChangedRow, Difference};
use domain::commission::CommissionKind;
use domain::explain::Step;
use domain::id::{BacktestId, CampaignId, CommissionId, EventId, PartnerId};
use domain::money::Currency;

const SUMS: &str = "backtest_sum";
const EVENTS: &str = "backtest_event";

/// The totals of both sides in one currency, and what they are totals of.
#[derive(Clone, Copy, Debug)]
pub struct BacktestSum {
    pub currency: Currency,
    /// For sums by campaign; `None`: of rows without a campaign.
    pub campaign: Option<CampaignId>,
    /// For sums by month: the start of the month.
    pub month: Timestamp,
    pub difference: Difference,
}

#[derive(Clone, Copy, Debug)]
pub struct PartnerSum {
    pub partner: PartnerId,
    pub currency: Currency,
    pub difference: Difference,
}

/// The orders in which partners are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PartnerResultOrder {
    /// The largest absolute difference first.
    #[default]
    Magnitude,
    /// The largest loss first.
    Rising,
    /// The largest gain first.
    Falling,
}

impl PartnerResultOrder {
    fn order(self) -> view::Order {
        use backtest_partner::Column;
        let key = match self {
            Self::Magnitude => Column::MagnitudeMinor,
            Self::Rising | Self::Falling => Column::DifferenceMinor,
        };
        view::Order {
            key: Some(view::column(key)),
            id: view::column(Column::PartnerId),
            found_by: None,
            descending: self != Self::Rising,
        }
    }

    /// The sort key of a partner.
    pub fn key(self, sum: &PartnerSum) -> i64 {
        let difference = sum.difference.minor().unwrap_or(0);
        match self {
            Self::Magnitude => difference.abs(),
            Self::Rising | Self::Falling => difference,
        }
    }
}

/// The overall sums of each backtest, by currency.
pub async fn totals_of(
    database: &Connection,
    scope: &Scope,
    backtests: &[Uuid],
) -> Result<HashMap<Uuid, Vec<BacktestSum>>, StoreError> {
    by(database, scope, backtests, "TOTAL").await
}

/// The sums of each backtest by month and currency.
pub async fn months_of(
    database: &Connection,
    scope: &Scope,
    backtests: &[Uuid],
) -> Result<HashMap<Uuid, Vec<BacktestSum>>, StoreError> {
    by(database, scope, backtests, "MONTH").await
}

async fn by(
    database: &Connection,
    scope: &Scope,
    backtests: &[Uuid],
    dimension: &str,
) -> Result<HashMap<Uuid, Vec<BacktestSum>>, StoreError> {
    use backtest_sum::Column;
    let select = visible::<backtest_sum::Entity>(scope)
        .filter(many::among(database, Column::BacktestId, backtests))
        .filter(Column::Dimension.eq(dimension))
        .order_by_asc(Column::MonthStart)
        .order_by_asc(Column::Currency);
    load::grouped(database, select, |row| row.backtest_id, sum_from_row).await
}

/// The sums of backtests by campaign, in the order of creation; that of rows without a campaign comes first.
pub fn campaigns(currency: Currency) -> view::List {
    use backtest_sum::Column;
    let select = move |_, scope: &Scope, backtest| {
        visible::<backtest_sum::Entity>(scope)
            .filter(Column::Dimension.eq("CAMPAIGN"))
            .filter(Column::Currency.eq(currency.code()))
            .filter(Expr::col(Column::BacktestId.as_column_ref()).eq(backtest))
            .into_query()
    };
    let order = view::Order::ascending(Column::CampaignId);
    view::List::new(&view::BACKTEST_SUM, Some(currency.to_string()), select).in_order(order)
}

/// The sums of backtests by partner.
pub fn partners(currency: Currency, order: PartnerResultOrder) -> view::List {
    use backtest_partner::Column;
    let select = move |_, scope: &Scope, backtest| {
        visible::<backtest_partner::Entity>(scope)
            .filter(Column::Currency.eq(currency.code()))
            .filter(Expr::col(Column::BacktestId.as_column_ref()).eq(backtest))
            .into_query()
    };
    view::List::new(&view::BACKTEST_PARTNER, Some(currency.to_string()), select).in_order(order.order())
}

/// The difference in a row of either table of sums.
macro_rules! difference {
    ($row:expr) => {
        Difference {
            actual_minor: $row.actual_minor,
            proposed_minor: $row.proposed_minor,
            appeared: $row.appeared,
            disappeared: $row.disappeared,
            rose: $row.rose,
            fell: $row.fell,
            unchanged: $row.unchanged,
        }
    };
}

/// Decodes a sum by campaign whose columns were all read under names with this prefix.
pub fn whole_sum(row: &view::Row, prefix: &str) -> Result<BacktestSum, StoreError> {
    sum_from_row(view::whole(row, prefix)?)
}

/// Decodes a sum by partner whose columns were all read under names with this prefix.
pub fn whole_partner(row: &view::Row, prefix: &str) -> Result<PartnerSum, StoreError> {
    let row: backtest_partner::Model = view::whole(row, prefix)?;
    Ok(PartnerSum {
        partner: PartnerId::from_uuid(row.partner_id),
        currency: row::currency("backtest_partner", "currency", &row.currency)?,
        difference: difference!(row),
    })
}

fn sum_from_row(row: backtest_sum::Model) -> Result<BacktestSum, StoreError> {
    Ok(BacktestSum {
        currency: row::currency(SUMS, "currency", &row.currency)?,
        campaign: (!row.campaign_id.is_nil()).then(|| CampaignId::from_uuid(row.campaign_id)),
        month: row.month_start,
        difference: difference!(row),
    })
}

/// The compared rows of an event, as the ledger has them: those that accrued in the range, with the clawbacks that name
/// no event and take back from its rows.
pub async fn actual_rows(
    database: &Connection,
    scope: &Scope,
    of: &Backtest,
    event: EventId,
) -> Result<Vec<(CommissionId, ChangedRow)>, StoreError> {
    const TABLE: &str = "commission";
    use commission_written::Column;
    let written = || {
        visible::<commission_written::Entity>(scope)
            .filter(Column::AccruedAt.lt(of.to))
            .order_by_asc(Column::Id)
            .limit(500)
    };
    let mut found = written().filter(Column::EventId.eq(event.uuid())).all(database).await?;
    // Clawbacks may adjust each other.
    let mut level: Vec<_> = found.iter().map(|row| row.id).collect();
    while !level.is_empty() {
        let under = written()
            .filter(many::among(database, Column::AdjustsId, &level))
            .filter(Column::EventId.is_null())
            .all(database)
            .await?;
        level = under.iter().map(|row| row.id).collect();
        found.extend(under);
    }
    let is_compared = |row: &commission_written::Model| {
        row.accrued_at >= of.from && KINDS.iter().any(|kind| kind.as_str() == row.kind)
    };
    found.retain(is_compared);
    found.sort_by_key(|row| row.id);
    let rows = found.into_iter().map(|row| {
        let currency = row::currency(TABLE, "currency", &row.currency)?;
        let is_reversed = row.reversed_at.is_some_and(|at| at < of.to);
        let minor = if is_reversed { 0 } else { row.amount_minor };
        let shown = ChangedRow {
            kind: row::text(TABLE, "kind", &row.kind, CommissionKind::parse)?,
            term: None,
            amount: row::money(TABLE, "amount_minor", minor, currency)?,
            steps: Ok(row::json::<Vec<Step>>(TABLE, "explanation", row.explanation)?),
        };
        Ok((CommissionId::from_uuid(row.id), shown))
    });
    rows.collect()
}

/// The rows that an event would have under the proposal, if its sides differ.
pub async fn changed_rows(
    database: &Connection,
    scope: &Scope,
    backtest: BacktestId,
    event: EventId,
) -> Result<Option<Vec<ChangedRow>>, StoreError> {
    use backtest_event::Column;
    let found = visible::<backtest_event::Entity>(scope)
        .filter(Column::BacktestId.eq(backtest.uuid()))
        .filter(Column::EventId.eq(event.uuid()))
        .one(database)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let kept: Vec<StoredRow> = row::json(EVENTS, "proposed", found.proposed)?;
    let rows = kept.into_iter().map(|kept| {
        Ok(ChangedRow {
            kind: row::text(EVENTS, "kind", &kept.kind, CommissionKind::parse)?,
            term: kept.term,
            amount: row::money(EVENTS, "minor", kept.minor, kept.currency)?,
            steps: match kept.steps {
                Json::String(id) => Err(row::text(EVENTS, "steps", &id, |id| id.parse().ok())?),
                steps => Ok(row::json(EVENTS, "steps", steps)?),
            },
        })
    });
    rows.collect::<Result<_, _>>().map(Some)
}

#[derive(serde::Deserialize)]
struct StoredRow {
    kind: String,
    term: Option<usize>,
    minor: i64,
    currency: Currency,
    steps: Json,
}
