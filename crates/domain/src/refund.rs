//! What refunds and chargebacks take back from a row of the ledger.

use super::commission::{Commission, CommissionStatus};
use super::explain::{Outcome, Step};
use super::items::Measure;
use super::money::{self, Currency, Money};
pub use super::refunded::{Refunded, RefundedPart};

/// What happens to a row.
#[derive(Clone, Debug, PartialEq)]
pub enum TakeBack {
    Nothing,
    /// The whole row is reversed.
    Reverse,
    /// A CLAWBACK of this amount (negative, for a positive row), with this status.
    Clawback(Money, CommissionStatus, Vec<Step>),
}

/// What a refund does to `row`, of which `clawed_minor` (negative, for a positive row) was already clawed back by
/// `clawbacks` rows. `refunded` says how much is refunded of what the row, or the one that it adjusts, saw.
pub fn take_back(row: &Commission, clawbacks: usize, clawed_minor: i64, refunded: RefundedPart) -> TakeBack {
    let untouched = match row.status {
        CommissionStatus::Reversed => return TakeBack::Nothing,
        CommissionStatus::Accrued | CommissionStatus::Approved => row.payout_id.is_none() && clawbacks == 0,
        CommissionStatus::Paid => false,
    };
    if refunded.wholly && untouched {
        return TakeBack::Reverse;
    }
    let share = share(row.amount.minor(), refunded);
    let clawback = -(share + clawed_minor);
    let currency = row.amount.currency();
    if clawback == 0 {
        return TakeBack::Nothing;
    }
    let status = status_beside(row.status);
    let amount = Money::from_minor(clawback, currency).expect("no more than the row that it takes back from");
    TakeBack::Clawback(amount, status, explain(row, share, clawed_minor, refunded, amount))
}

/// The status of a row that deducts from another one: APPROVED at once unless the other is merely accrued, so that it
/// counts in the next payout.
pub fn status_beside(status: CommissionStatus) -> CommissionStatus {
    match status {
        CommissionStatus::Accrued => CommissionStatus::Accrued,
        CommissionStatus::Approved | CommissionStatus::Paid | CommissionStatus::Reversed => CommissionStatus::Approved,
    }
}

/// How much of `amount_minor` is taken back in total: all of it when wholly refunded, otherwise nothing of what is taken
/// back only as a whole, and of any other amount the refunded proportion, rounded half away from zero. A single refund
/// takes the difference to what was taken back before, so that several refunds together take exactly as much as one.
pub fn share(amount_minor: i64, refunded: RefundedPart) -> i64 {
    match (refunded.wholly, refunded.measure) {
        (true, _) => amount_minor,
        (false, Measure::Whole) => 0,
        (false, Measure::Amount | Measure::Units) => proportion(amount_minor, refunded.refunded, refunded.of),
    }
}

/// `amount * part / whole`, rounded half away from zero; the intermediate results are exact.
fn proportion(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let (product, whole) = (i128::from(amount) * i128::from(part), i128::from(whole));
    let rounded = (2 * product.abs() + whole) / (2 * whole) * product.signum();
    i64::try_from(rounded).expect("a part of the amount")
}

/// Explains how much of `row` is taken back: `share` in total, of which `clawed_minor` (negative, for a positive row)
/// was taken back before.
pub fn explain(row: &Commission, share: i64, clawed_minor: i64, refunded: RefundedPart, amount: Money) -> Vec<Step> {
    let show = |minor: i64, currency: Currency| rust_decimal::Decimal::new(minor, currency.exponent());
    let currency = row.amount.currency();
    let shown = |minor: i64| money::written(show(minor, currency), currency);
    let how = match (refunded.wholly, refunded.measure) {
        (true, _) => "all of it is refunded".to_owned(),
        (false, Measure::Units) => format!("{} of {} units are refunded", refunded.refunded, refunded.of),
        // A row that is measured by the amount has its event's currency; others are taken back as a whole.
        (false, Measure::Amount | Measure::Whole) => {
            let (refunded, charged) = (shown(refunded.refunded), shown(refunded.of));
            format!("{refunded} of {charged} is refunded")
        }
    };
    let mut steps = vec![Step {
        source: "refund".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("{how}: {} of {} goes back", shown(share), row.amount),
        threshold: None,
        amount: Some(show(-share, currency).normalize()),
    }];
    if clawed_minor != 0 {
        steps.push(Step {
            source: "earlier clawbacks".to_owned(),
            outcome: Outcome::Applied,
            detail: format!(
                "{} went back before, {} goes back now",
                shown(-clawed_minor),
                shown(-amount.minor())
            ),
            threshold: None,
            amount: Some(show(-clawed_minor, currency).normalize()),
        });
    }
    steps
}

#[cfg(test)]
mod tests;
