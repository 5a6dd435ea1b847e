//! Rounding, bounds and digits.

use proptest::prelude::*;
use rust_decimal::Decimal;

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
fn what_is_entered_is_at_most_the_largest_amount() {
    // 10^15 minor units: of a currency without them, and so without a currency, 10^15; of euros 10^13.
    for (amount, code, fits) in [
        ("10000000000000", Some("EUR"), true),
        ("-10000000000000", Some("EUR"), true),
        ("10000000000000.01", Some("EUR"), false),
        ("-10000000000000.01", Some("EUR"), false),
        ("1000000000000", Some("KWD"), true),
        ("1000000000000.001", Some("KWD"), false),
        ("1000000000000000", Some("JPY"), true),
        ("1000000000000001", Some("JPY"), false),
        ("1000000000000000", None, true),
        ("1000000000000001", None, false),
    ] {
        let (amount, currency) = (decimal(amount), code.map(currency));
        assert_eq!(check_amount(amount, currency).is_ok(), fits, "{amount} {code:?}");
        assert_eq!(check_stored_amount(amount, currency).is_ok(), fits, "{amount} {code:?}");
    }
}

#[test]
fn what_is_entered_has_at_most_10_decimals_and_20_digits() {
    for (amount, fits) in [
        ("0.0000000001", true),
        ("0.00000000001", false),
        // Trailing zeros are not counted as digits.
        ("0.10000000000", true),
        ("9999999999.9999999999", true),
        ("-9999999999.9999999999", true),
        ("10000000000.0000000001", false),
        ("-10000000000.0000000001", false),
    ] {
        let amount = decimal(amount);
        assert_eq!(check_amount(amount, Some(currency("EUR"))).is_ok(), fits, "{amount}");
    }
}

#[test]
fn sums_have_the_digits_of_their_currency() {
    for (minor, code, expected) in [
        (123_450, "EUR", "1234.50"),
        (-5, "EUR", "-0.05"),
        (1_234, "JPY", "1234"),
        (1_234, "KWD", "1.234"),
        // Larger than any amount.
        (MAX_SUM_MINOR, "EUR", "10000000000000000.00"),
    ] {
        let currency = currency(code);
        assert_eq!(Sum { minor, currency }.amount().to_string(), expected, "{minor} {code}");
    }
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
