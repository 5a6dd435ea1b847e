//! Money and percentages, exact: the only module that rounds. Nothing here is a binary float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

use super::problem::Fault;

/// The largest amount there is, in minor units.
pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// The largest sum of amounts that is kept, in minor units: a thousand of the largest amounts.
pub const MAX_SUM_MINOR: i64 = 1_000_000_000_000_000_000;

/// An ISO 4217 currency that has a minor unit (so not gold, nor test codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub fn parse(code: &str) -> Result<Self, Fault> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| Fault::invalid(format!("must be an ISO 4217 currency code such as EUR, not {code:?}")))
    }

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The digits of its minor unit: JPY 0, USD 2, KWD 3.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().expect("parse admits only currencies with one"))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount for people, which may be no whole number of minor units: with at least the currency's digits.
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

    /// The amount exactly; a fault if it has more digits than the currency.
    pub fn exact(amount: Decimal, currency: Currency) -> Result<Self, Fault> {
        check_digits(amount, currency.exponent(), || format!("{currency} has"))?;
        Self::round(amount, currency).map_err(|error| Fault::invalid(format!("is too large: {error}")))
    }

    /// The amount rounded half away from zero to the minor unit: the one rounding of a ledger row.
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

    /// The amount with exactly the currency's digits.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

/// A sum of amounts, which may be larger than any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sum {
    pub minor: i64,
    pub currency: Currency,
}

impl Sum {
    /// The sum with exactly the currency's digits.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }
}

/// A number of percent from 0 to 100 with at most six decimals: 20 means 20 %.
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

    /// The sum, at most 100.
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(Decimal::ONE_HUNDRED))
    }

    /// This percentage of `amount`, exact for amounts that [`check_amount`] admits: at most 20 digits times 8, within
    /// the 28 of a `Decimal`.
    pub fn of(self, amount: Decimal) -> Decimal {
        let mut product = amount * self.0;
        // Dividing by 100 moves the point, without a division that might round.
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

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&code).map_err(|Fault(_, message)| serde::de::Error::custom(message))
    }
}

/// Reads a plain decimal number: an optional minus, digits, and an optional point with digits behind it. Nothing that
/// would lose a digit: no exponent, no separators, at most 28 digits.
pub fn parse_decimal(text: &str) -> Result<Decimal, Fault> {
    let malformed = || Fault::invalid("must be a decimal number such as \"12.34\"");
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) {
        return Err(malformed());
    }
    if whole.trim_start_matches('0').len() + fraction.map_or(0, str::len) > 28 {
        return Err(Fault::invalid("has too many digits: at most 28 are exact"));
    }
    Decimal::from_str(text).map_err(|_| malformed())
}

/// Reads a number of a JSON document, whose grammar knows exponents (`1e3`, `2.5E-1`), as exactly the number it means.
pub fn parse_json_number(text: &str) -> Result<Decimal, Fault> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return parse_decimal(text);
    };
    let mantissa = parse_decimal(mantissa)?.normalize();
    if mantissa.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let inexact = || Fault::invalid("has too many digits: at most 28 are exact");
    let exponent: i32 = exponent.parse().map_err(|_| inexact())?;
    // The point moves, no digit is touched: digits x 10^-scale.
    let scale = i64::from(mantissa.scale()) - i64::from(exponent);
    let digits = match u32::try_from(-scale) {
        Ok(zeros) => 10i128
            .checked_pow(zeros)
            .and_then(|factor| mantissa.mantissa().checked_mul(factor)),
        Err(_) => Some(mantissa.mantissa()),
    };
    let scale = u32::try_from(scale.max(0)).map_err(|_| inexact())?;
    digits
        .filter(|digits| digits.unsigned_abs() < 10u128.pow(28))
        .and_then(|digits| Decimal::try_from_i128_with_scale(digits, scale).ok())
        .ok_or_else(inexact)
}

/// Admits what may be entered as an amount before it is rounded: at most [`MAX_MINOR`] minor units of `currency` and at
/// most 20 significant digits, so that a percentage of it is exact ([`Percentage::of`]). Without a currency the bound
/// is that of one without a minor unit.
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

/// Admits an amount that is kept: [`check_amount`], and no more decimals than the currency has (4, the most of any,
/// where none is named).
pub fn check_stored_amount(amount: Decimal, currency: Option<Currency>) -> Result<Decimal, Fault> {
    match currency {
        Some(currency) => check_digits(amount, currency.exponent(), || format!("{currency} has"))?,
        None => check_digits(amount, 4, || "an amount has at most".into())?,
    }
    check_amount(amount, currency)
}

fn check_digits(value: Decimal, at_most: u32, who: impl Fn() -> String) -> Result<(), Fault> {
    if value.normalize().scale() > at_most {
        return Err(Fault::invalid(format!("has too many decimals: {} {at_most}", who())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        parse_decimal(text).expect(text)
    }

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect(code)
    }

    #[test]
    fn rounds_half_away_from_zero_to_the_minor_unit() {
        for (amount, code, expected) in [
            ("74.975", "EUR", "74.98"),
            ("-74.975", "EUR", "-74.98"),
            ("74.9749999999", "EUR", "74.97"),
            ("0.5", "JPY", "1"),
            ("0.4999", "JPY", "0"),
            ("1.2345", "KWD", "1.235"),
            ("7", "USD", "7.00"),
        ] {
            let money = Money::round(decimal(amount), currency(code)).expect("in range");
            assert_eq!(money.amount().to_string(), expected, "{amount} {code}");
        }
    }

    #[test]
    fn keeps_amounts_within_the_largest() {
        let limit = decimal("10000000000000.00");
        assert_eq!(Money::round(limit, currency("USD")).map(Money::minor), Ok(MAX_MINOR));
        assert_eq!(
            Money::round(limit + decimal("0.005"), currency("USD")),
            Err(AmountTooLarge)
        );
        assert_eq!(Money::round(Decimal::MAX, currency("KWD")), Err(AmountTooLarge));
        assert!(Money::from_minor(i64::MIN, currency("USD")).is_err());
    }

    #[test]
    fn refuses_more_digits_than_the_currency_has() {
        assert!(Money::exact(decimal("1.5"), currency("JPY")).is_err());
        assert!(Money::exact(decimal("1.0"), currency("JPY")).is_ok());
        assert!(Money::exact(decimal("0.001"), currency("USD")).is_err());
    }

    #[test]
    fn reads_plain_decimals_only() {
        for text in [
            "",
            "-",
            "+5",
            "5.",
            ".5",
            "1_000",
            "1,5",
            "1e3",
            "0x10",
            " 1",
            "NaN",
            "12345678901234567890123456789",
        ] {
            assert!(parse_decimal(text).is_err(), "{text:?}");
        }
        assert_eq!(decimal("-0012.340").to_string(), "-12.340");
        assert_eq!(decimal(&"9".repeat(28)).to_string(), "9".repeat(28));
        assert_eq!(
            decimal("1234567890123456789.123456789").to_string(),
            "1234567890123456789.123456789"
        );
    }

    #[test]
    fn reads_exponents_of_json_exactly() {
        for (text, expected) in [
            ("12.50", "12.5"),
            ("1e3", "1000"),
            ("1E+3", "1000"),
            ("-2.5E-1", "-0.25"),
            ("12.34e1", "123.4"),
            ("1200e-2", "12"),
            ("0e999999999", "0"),
            ("1e-28", "0.0000000000000000000000000001"),
        ] {
            let read = parse_json_number(text).expect(text);
            assert_eq!(read.normalize().to_string(), expected, "{text}");
        }
        for text in [
            "1e28",
            "1e-29",
            "1e99999999999",
            "1e",
            "1e1.5",
            "e5",
            "12345678901234567890123456789e-5",
        ] {
            assert!(parse_json_number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_currencies() {
        for (code, exponent) in [("JPY", 0), ("USD", 2), ("KWD", 3), ("CLF", 4)] {
            assert_eq!(currency(code).exponent(), exponent);
        }
        for code in ["", "usd", "XAU", "ABC", "EURO"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
    }

    #[test]
    fn percentages_have_bounds_and_digits() {
        for text in ["-0.000001", "100.000001", "101", "0.0000001"] {
            assert!(Percentage::new(decimal(text)).is_err(), "{text}");
        }
        assert_eq!(
            Percentage::new(decimal("33.333300")).map(|p| p.to_string()),
            Ok("33.3333".into())
        );
    }

    proptest! {
        /// Against whole numbers: p/10^6 percent of m/10^s is m * p / 10^(s + 8).
        #[test]
        fn a_percentage_of_an_amount_is_exact(mantissa in 0i128..100_000_000_000_000_000_000, scale in 0u32..=10, millionths in 0i64..=100_000_000) {
            let amount = Decimal::from_i128_with_scale(mantissa, scale);
            prop_assume!(check_amount(amount, None).is_ok());
            let share = Percentage::new(Decimal::new(millionths, 6)).expect("in range").of(amount.normalize());
            prop_assert_eq!(share.mantissa() * 10i128.pow(18 - share.scale()), mantissa * i128::from(millionths) * 10i128.pow(10 - scale));
        }
    }
}
