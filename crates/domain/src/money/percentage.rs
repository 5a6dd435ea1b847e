//! Percentages, and their application to amounts.

use std::fmt;

use rust_decimal::Decimal;

use super::decimal::check_digits;
use crate::problem::Fault;

/// A percentage from 0 to 100 with at most six decimal places: 20 means 20 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentage(Decimal);

impl Percentage {
    pub const ZERO: Self = Self(Decimal::ZERO);
    pub const HUNDRED: Self = Self(Decimal::ONE_HUNDRED);

    pub fn new(value: Decimal) -> Result<Self, Fault> {
        if value < Decimal::ZERO || value > Decimal::ONE_HUNDRED {
            return Err(Fault::invalid(format!("must be from 0 to 100 percent, not {value}")));
        }
        check_digits(value, 6, || "a percentage has at most".into())?;
        Ok(Self(value.normalize()))
    }

    pub fn value(self) -> Decimal {
        self.0
    }

    /// The sum, capped at 100.
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(Decimal::ONE_HUNDRED))
    }

    /// This percentage of `amount`, exact for amounts that [`check_amount`] admits: at most 20 digits times 8, which
    /// fit into the 28 of a `Decimal`.
    pub fn of(self, amount: Decimal) -> Decimal {
        let mut product = amount * self.0;
        // Dividing by 100 only moves the decimal point, so nothing is rounded.
        product
            .set_scale(product.scale() + 2)
            .expect("10 decimals of the amount, 6 of the percentage, 2 more");
        product
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for Percentage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        rust_decimal::serde::str::serialize(&self.0, serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Percentage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = rust_decimal::serde::str::deserialize(deserializer)?;
        Self::new(value).map_err(|Fault(_, message)| serde::de::Error::custom(message))
    }
}
