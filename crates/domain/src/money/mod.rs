//! Exact money and percentages, and the rounding of decimals to minor units. Nothing here is a binary float.

mod amount;
mod currency;
mod decimal;
mod percentage;

pub use amount::{AmountTooLarge, MAX_MINOR, MAX_SUM_MINOR, Money, Sum, check_amount, check_stored_amount, written};
pub use currency::Currency;
pub use decimal::{parse_decimal, parse_json_number};
pub use percentage::Percentage;

#[cfg(test)]
mod tests;
