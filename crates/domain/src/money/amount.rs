//! Amounts, and sums of amounts, in minor units.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

use super::currency::Currency;
use super::decimal::check_digits;
use crate::problem::Fault;

/// The largest possible amount, in minor units.
pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// The largest sum of amounts that is stored, in minor units: a thousand times the largest amount.
pub const MAX_SUM_MINOR: i64 = 1_000_000_000_000_000_000;

/// An amount formatted for people, possibly with fractions of a minor unit: with at least the currency's decimal
/// places.
pub fn written(amount: Decimal, currency: Currency) -> String {
    let mut amount = amount.normalize();
    amount.rescale(amount.scale().max(currency.exponent()));
    format!("{amount} {currency}")
}

/// An amount of at most [`MAX_MINOR`] minor units, of either sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// An amount beyond [`MAX_MINOR`] minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount is at most 10^15 minor units of its currency")]
pub struct AmountTooLarge;

impl Money {
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, AmountTooLarge> {
        if minor.unsigned_abs() > MAX_MINOR.unsigned_abs() {
            Err(AmountTooLarge)
        } else {
            Ok(Self { minor, currency })
        }
    }

    /// The amount without rounding; a fault if it has more decimal places than the currency.
    pub fn exact(amount: Decimal, currency: Currency) -> Result<Self, Fault> {
        check_digits(amount, currency.exponent(), || format!("{currency} has"))?;
        Self::round(amount, currency).map_err(|error| Fault::invalid(format!("is too large: {error}")))
    }

    /// The amount rounded half away from zero to the minor unit.
    pub fn round(amount: Decimal, currency: Currency) -> Result<Self, AmountTooLarge> {
        let exponent = currency.exponent();
        let mut rounded = amount.round_dp_with_strategy(exponent, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(exponent);
        let minor = i64::try_from(rounded.mantissa()).map_err(|_| AmountTooLarge)?;
        if rounded.scale() != exponent {
            Err(AmountTooLarge)
        } else {
            Self::from_minor(minor, currency)
        }
    }

    pub fn minor(self) -> i64 {
        self.minor
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount with exactly the currency's decimal places.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

/// A sum of amounts, which may exceed the largest amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sum {
    pub minor: i64,
    pub currency: Currency,
}

impl Sum {
    /// The sum with exactly the currency's decimal places.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }
}

/// Validates an entered amount before rounding: at most [`MAX_MINOR`] minor units of `currency` and at most 20
/// significant digits, so that a percentage of it is exact ([`Percentage::of`]). Without a currency the limit is that
/// of a currency without a minor unit.
pub fn check_amount(amount: Decimal, currency: Option<Currency>) -> Result<Decimal, Fault> {
    let amount = amount.normalize();
    let limit = Decimal::new(MAX_MINOR, currency.map_or(0, Currency::exponent));
    if amount.abs() > limit {
        return Err(Fault::invalid(format!("is too large: {AmountTooLarge}")));
    }
    if amount.scale() > 10 || amount.mantissa().unsigned_abs() >= 10u128.pow(20) {
        return Err(Fault::invalid(
            "has too many digits: at most 10 decimals and 20 digits in all",
        ));
    }
    Ok(amount)
}

/// Validates an amount that is stored: [`check_amount`], and no more decimal places than the currency has (4, the
/// maximum of any currency, if none is given).
pub fn check_stored_amount(amount: Decimal, currency: Option<Currency>) -> Result<Decimal, Fault> {
    match currency {
        Some(currency) => check_digits(amount, currency.exponent(), || format!("{currency} has"))?,
        None => check_digits(amount, 4, || "an amount has at most".into())?,
    }
    check_amount(amount, currency)
}
