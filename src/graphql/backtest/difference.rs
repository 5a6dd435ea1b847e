//! The progress and the totals of a backtest.

use async_graphql::SimpleObject;

use crate::graphql::money::Money;
use crate::graphql::scalar::DateTime;
use domain::backtest;
use domain::money::Currency;
use store::backtest::BacktestSum;

/// How far a backtest has come.
#[derive(Clone, SimpleObject)]
pub struct BacktestProgress {
    /// How many events of the range the partners have that are finished.
    pub events: i64,
    /// How many there are in all; 0 until it begins.
    pub of_events: i64,
}

/// Both sides in one currency. Amounts are matched by event and kind of commission; reversed ones count as none.
#[derive(Clone, SimpleObject)]
pub struct BacktestDifference {
    /// What the ledger has.
    pub actual: Money,
    /// What it would have.
    pub proposed: Money,
    /// What is proposed, less what is actual; below 0: it would have cost less.
    pub difference: Money,
    /// How many amounts there would be that are not.
    pub appeared: i64,
    /// How many there would not be that are.
    pub disappeared: i64,
    /// How many would be larger.
    pub rose: i64,
    /// How many would be smaller.
    pub fell: i64,
    /// How many would be the same.
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

/// Both sides of what accrued in a month.
#[derive(Clone, SimpleObject)]
pub struct BacktestMonth {
    /// When it began, in the tenant's time zone.
    pub start: DateTime,
    /// By currency.
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
