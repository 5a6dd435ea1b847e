//! The progress and the totals of a backtest.

use async_graphql::SimpleObject;

use crate::graphql::money::Money;
use crate::graphql::scalar::DateTime;
use domain::backtest;
use domain::money::Currency;
use store::backtest::BacktestSum;

/// The progress of a backtest.
#[derive(Clone, SimpleObject)]
pub struct BacktestProgress {
    /// The number of events processed: those of the partners that are finished.
    pub events: i64,
    /// The number of events in the range; 0 until processing starts.
    pub of_events: i64,
}

/// The actual and the proposed amounts in one currency. Amounts are matched by event and kind of commission; reversed
/// ones count as 0.
#[derive(Clone, SimpleObject)]
pub struct BacktestDifference {
    /// The sum in the ledger.
    pub actual: Money,
    /// The sum under the proposal.
    pub proposed: Money,
    /// The proposed sum minus the actual sum; negative if the proposal would have cost less.
    pub difference: Money,
    /// The number of amounts that exist only under the proposal.
    pub appeared: i64,
    /// The number of amounts that exist only in the ledger.
    pub disappeared: i64,
    /// The number of amounts that would be larger.
    pub rose: i64,
    /// The number of amounts that would be smaller.
    pub fell: i64,
    /// The number of amounts that would be the same.
    pub unchanged: i64,
}

impl BacktestDifference {
    pub(super) fn of(currency: Currency, difference: &backtest::Difference) -> Self {
        let (actual, proposed) = (
            i128::from(difference.actual_minor),
            i128::from(difference.proposed_minor),
        );
        Self {
            actual: Money::of_sum(actual, currency),
            proposed: Money::of_sum(proposed, currency),
            difference: Money::of_sum(proposed - actual, currency),
            appeared: difference.appeared,
            disappeared: difference.disappeared,
            rose: difference.rose,
            fell: difference.fell,
            unchanged: difference.unchanged,
        }
    }
}

impl From<&BacktestSum> for BacktestDifference {
    fn from(sum: &BacktestSum) -> Self {
        Self::of(sum.currency, &sum.difference)
    }
}

/// The actual and the proposed amounts that accrued in a month.
#[derive(Clone, SimpleObject)]
pub struct BacktestMonth {
    /// The start of the month, in the tenant's time zone.
    pub start: DateTime,
    /// The differences, one per currency.
    pub differences: Vec<BacktestDifference>,
}

/// Groups sums, which must be sorted by month, into months.
pub fn months(sums: &[BacktestSum]) -> Vec<BacktestMonth> {
    let of_month = sums.chunk_by(|one, other| one.month == other.month);
    let months = of_month.map(|sums| BacktestMonth {
        start: DateTime(sums[0].month),
        differences: sums.iter().map(BacktestDifference::from).collect(),
    });
    months.collect()
}
