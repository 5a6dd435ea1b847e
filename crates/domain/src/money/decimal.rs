//! Exact parsing of decimal numbers.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::problem::Fault;

/// Parses a plain decimal number: an optional minus, digits, and optionally a point followed by digits. Rejects
/// anything that could lose a digit: exponents, separators, more than 28 digits.
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

/// Parses a JSON number, which may have an exponent (`1e3`, `2.5E-1`), without loss of precision.
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
    // Only the decimal point moves, all digits stay: digits x 10^-scale.
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

pub(super) fn check_digits(value: Decimal, at_most: u32, who: impl Fn() -> String) -> Result<(), Fault> {
    if value.normalize().scale() > at_most {
        return Err(Fault::invalid(format!("has too many decimals: {} {at_most}", who())));
    }
    Ok(())
}
