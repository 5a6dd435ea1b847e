//! What refunds and chargebacks take back from a row of the ledger.

use super::commission::{Commission, CommissionStatus};
use super::event::Event;
use super::explain::{Outcome, Step};
use super::money::{self, Currency, Money};
use super::terms::BasisKind;

/// How much of an event is refunded, including the current refund. The default: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refunded {
    pub refunded_minor: i64,
    /// The amount charged; 0 if the event had no amount.
    pub charged_minor: i64,
    pub wholly: bool,
}

impl Refunded {
    /// With `refunded_minor` taken back of what was charged.
    pub fn new(refunded_minor: i64, charged_minor: i64) -> Self {
        Self {
            refunded_minor,
            charged_minor,
            wholly: refunded_minor == charged_minor,
        }
    }

    /// The state of the event once `taken` is refunded, too.
    pub fn after(event: &Event, taken: Option<Money>) -> Self {
        let minor = |amount: Option<Money>| amount.map_or(0, Money::minor);
        Self::new(event.refunded_minor + minor(taken), minor(event.amount))
    }
}

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
/// `clawbacks` rows. `is_fixed`: the row, or the one that it adjusts, is a fixed amount, which is only taken back as a
/// whole.
pub fn take_back(
    row: &Commission,
    is_fixed: bool,
    clawbacks: usize,
    clawed_minor: i64,
    refunded: Refunded,
) -> TakeBack {
    let untouched = match row.status {
        CommissionStatus::Reversed => return TakeBack::Nothing,
        CommissionStatus::Accrued | CommissionStatus::Approved => row.payout_id.is_none() && clawbacks == 0,
        CommissionStatus::Paid => false,
    };
    if refunded.wholly && untouched {
        return TakeBack::Reverse;
    }
    let share = share(row.amount.minor(), is_fixed, refunded);
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

/// How much of `amount_minor` is taken back in total: all of it when wholly refunded, otherwise nothing of a fixed
/// amount, and of any other amount the refunded proportion, rounded half away from zero. A single refund takes the
/// difference to what was taken back before, so that several refunds together take exactly as much as one.
pub fn share(amount_minor: i64, is_fixed: bool, refunded: Refunded) -> i64 {
    match (refunded.wholly, is_fixed) {
        (true, _) => amount_minor,
        (false, true) => 0,
        (false, false) => proportion(amount_minor, refunded.refunded_minor, refunded.charged_minor),
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
pub fn explain(row: &Commission, share: i64, clawed_minor: i64, refunded: Refunded, amount: Money) -> Vec<Step> {
    let show = |minor: i64, currency: Currency| rust_decimal::Decimal::new(minor, currency.exponent());
    let currency = row.amount.currency();
    let shown = |minor: i64| money::written(show(minor, currency), currency);
    // A row that is not fixed has its event's currency; a fixed one is taken back as a whole.
    let how = if refunded.wholly {
        "all of it is refunded".to_owned()
    } else {
        let (refunded, charged) = (shown(refunded.refunded_minor), shown(refunded.charged_minor));
        format!("{refunded} of {charged} is refunded")
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

/// Whether a row's amount is fixed.
pub fn is_fixed(basis: Option<BasisKind>) -> bool {
    match basis {
        Some(BasisKind::Fixed) => true,
        Some(BasisKind::Percent | BasisKind::GroupRules) | None => false,
    }
}

#[cfg(test)]
mod tests;
