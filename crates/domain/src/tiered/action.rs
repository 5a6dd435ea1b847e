//! Applying a tier's action to amounts, and the explanation steps.

use rust_decimal::Decimal;

use super::Action;
use super::counters::sum;
use crate::explain::{Outcome, Step, rounding};
use crate::money::{AmountTooLarge, Currency, MAX_MINOR, Money, written};

/// The result for one row. The amounts of the steps add up to the change of the row's amount.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ActedAmount {
    pub amount: Money,
    pub steps: Vec<Step>,
}

/// Applies `action` to rows in one currency, none of them negative, and returns as many, in order. If the rows' sum is
/// 0, they are unchanged. EXACT changes the sum to `value`, booked as a flat difference.
pub fn apply_action(action: Action, value: Decimal, rows: &[Money]) -> Result<Vec<Money>, AmountTooLarge> {
    Ok(explained(action, value, rows, "")?
        .into_iter()
        .map(|row| row.amount)
        .collect())
}

/// [`apply_action`], with steps whose source is `source`.
pub(super) fn explained(
    action: Action,
    value: Decimal,
    rows: &[Money],
    source: &str,
) -> Result<Vec<ActedAmount>, AmountTooLarge> {
    let Some(currency) = rows.first().map(|row| row.currency()) else {
        return Ok(Vec::new());
    };
    let base = sum(rows, currency)?.minor();
    if base == 0 {
        let untouched = |row: &Money| ActedAmount {
            amount: *row,
            steps: vec![step(source, "a base of 0 is never modified".into(), None)],
        };
        return Ok(rows.iter().map(untouched).collect());
    }
    let flat = || Money::round(value, currency).map(Money::minor);
    match action {
        Action::Increase => rows.iter().map(|row| percent(value, *row, source)).collect(),
        Action::Decrease => rows.iter().map(|row| percent(-value, *row, source)).collect(),
        Action::FlatIncrease => flat_difference(flat()?, rows, source),
        Action::FlatDecrease => flat_difference(-flat()?, rows, source),
        Action::Exact => flat_difference(flat()? - base, rows, source),
    }
}

/// One row changed by a percentage, rounded. The intermediate result is exact: row x (100 + change) / 100 in integers.
fn percent(change: Decimal, row: Money, source: &str) -> Result<ActedAmount, AmountTooLarge> {
    let currency = row.currency();
    let millionths = millionths(change);
    let product = i128::from(row.minor())
        .checked_mul(100_000_000 + millionths)
        .ok_or(AmountTooLarge)?;
    let mut steps = Vec::new();
    let how = if millionths < 0 { "decreased" } else { "increased" };
    let exact = RoundedShare::of(product, 8, currency)?;
    let detail = format!("{row} {how} by {} %", change.abs().normalize());
    steps.push(step(source, detail, Some(exact.exact - row.amount())));
    let amount = exact.floored(currency, &mut steps);
    Ok(ActedAmount { amount, steps })
}

/// Books a difference on the first row; what a deduction leaves once a row is 0 is booked on the next.
fn flat_difference(difference: i64, rows: &[Money], source: &str) -> Result<Vec<ActedAmount>, AmountTooLarge> {
    let mut left = difference;
    let mut acted = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let booked = if left < 0 { left.max(-row.minor()) } else { left };
        left -= booked;
        let amount = Money::from_minor(row.minor() + booked, row.currency())?;
        let currency = row.currency();
        let [booked, all] = [booked, difference].map(|minor| Decimal::new(minor, currency.exponent()));
        let detail = match (booked == all, booked.is_zero()) {
            (true, _) => format!("{row} changed by {}", written(booked, currency)),
            (false, true) => format!("the change of {} is booked on other rows", written(all, currency)),
            // The part of a deduction that exceeds all rows is dropped: no amount falls below 0.
            (false, false) => format!(
                "{row} bears {} of the change of {}",
                written(booked, currency),
                written(all, currency)
            ),
        };
        let amount_step = step(source, detail, Some(booked));
        acted.push(ActedAmount {
            amount,
            steps: vec![amount_step],
        });
        debug_assert!(index == 0 || left <= 0, "only deductions go on");
    }
    Ok(acted)
}

/// A percentage of the sale amount, rounded, with the steps that lead to it from `base`.
pub(super) fn of_sale(
    value: Decimal,
    sale_amount: Decimal,
    base: Money,
    source: &str,
) -> Result<ActedAmount, AmountTooLarge> {
    let currency = base.currency();
    let product = sale_amount
        .mantissa()
        .checked_mul(millionths(value))
        .ok_or(AmountTooLarge)?;
    let share = RoundedShare::of_scaled(product, sale_amount.scale() + 8, currency)?;
    let detail = format!(
        "{} % of the sale amount {} instead of {base}",
        value.normalize(),
        written(sale_amount, currency)
    );
    let mut steps = vec![step(source, detail, Some(share.exact - base.amount()))];
    let amount = share.floored(currency, &mut steps);
    Ok(ActedAmount { amount, steps })
}

/// An exact amount, with the step that leads to it from `base`.
pub(super) fn exactly(value: Decimal, base: Money, source: &str) -> Result<ActedAmount, AmountTooLarge> {
    let amount = Money::round(value, base.currency())?;
    let detail = format!("exactly {amount} instead of {base}");
    let steps = vec![step(source, detail, Some(amount.amount() - base.amount()))];
    Ok(ActedAmount { amount, steps })
}

/// An amount before and after rounding.
struct RoundedShare {
    exact: Decimal,
    rounded: Money,
}

impl RoundedShare {
    /// `product` / 10^`places` minor units.
    fn of(product: i128, places: u32, currency: Currency) -> Result<Self, AmountTooLarge> {
        Self::of_scaled(product, places + currency.exponent(), currency)
    }

    /// `product` / 10^`scale`, where `scale` is at least the currency's digits.
    fn of_scaled(product: i128, scale: u32, currency: Currency) -> Result<Self, AmountTooLarge> {
        let unit = 10i128.pow(scale - currency.exponent());
        let magnitude = product.unsigned_abs();
        let rounded =
            (magnitude / unit.unsigned_abs()) + u128::from(magnitude % unit.unsigned_abs() * 2 >= unit.unsigned_abs());
        let rounded = i64::try_from(rounded).map_err(|_| AmountTooLarge)?;
        if rounded > MAX_MINOR {
            return Err(AmountTooLarge);
        }
        let rounded = if product < 0 { -rounded } else { rounded };
        let rounded = Money::from_minor(rounded, currency)?;
        // Only a simulated sale amount with many digits does not fit; the explanation then starts from the rounded
        // amount.
        let exact = Decimal::try_from_i128_with_scale(product, scale).unwrap_or(rounded.amount());
        Ok(Self { exact, rounded })
    }

    /// The rounded amount, at least 0; appends the steps for the floor or the rounding.
    fn floored(&self, currency: Currency, steps: &mut Vec<Step>) -> Money {
        if self.exact.is_sign_negative() && !self.exact.is_zero() {
            let detail = format!("{} is below 0, an amount never is", written(self.exact, currency));
            steps.push(step("floor", detail, Some(-self.exact)));
            return Money::from_minor(0, currency).expect("0 is small");
        }
        if self.exact != self.rounded.amount() {
            steps.push(rounding(self.exact, self.rounded));
        }
        self.rounded
    }
}

/// A percentage in millionths of a percent; it has at most six decimal places.
fn millionths(percent: Decimal) -> i128 {
    let percent = percent.normalize();
    percent.mantissa() * 10i128.pow(6u32.saturating_sub(percent.scale()))
}

pub(super) fn step(source: &str, detail: String, amount: Option<Decimal>) -> Step {
    Step {
        source: source.to_owned(),
        outcome: Outcome::Applied,
        detail,
        threshold: None,
        amount: amount.map(|amount| amount.normalize()),
    }
}
