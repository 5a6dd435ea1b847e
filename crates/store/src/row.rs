//! Conversion of a row's columns to domain values. A value that no version of the program writes is a fault of the
//! database, not a panic.

use sea_orm::prelude::Json;

use super::StoreError;
use domain::items::Sight;
use domain::money::{Currency, Money};
use domain::terms::BasisKind;

/// Parses a column that holds an enumeration, a currency, or anything else that `parse` knows.
pub fn text<T>(
    table: &'static str,
    column: &'static str,
    value: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(value).ok_or_else(|| StoreError::Corrupt {
        table,
        column,
        value: value.to_owned(),
    })
}

pub fn currency(table: &'static str, column: &'static str, value: &str) -> Result<Currency, StoreError> {
    text(table, column, value, |code| Currency::parse(code).ok())
}

pub fn json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    value: Json,
) -> Result<T, StoreError> {
    T::deserialize(&value).map_err(|_| StoreError::Corrupt {
        table,
        column,
        // Only its beginning: a document may be long.
        value: value.to_string().chars().take(200).collect(),
    })
}

pub fn to_json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).expect("domain values have text keys and finite numbers")
}

/// How the amount of a row of the ledger was computed.
pub fn basis(table: &'static str, stored: Option<&str>) -> Result<Option<BasisKind>, StoreError> {
    stored
        .map(|basis| text(table, "basis", basis, BasisKind::parse))
        .transpose()
}

/// What of its event a row of the ledger was earned for.
pub fn sight(table: &'static str, of_basis: Option<&str>, stored: Option<&str>) -> Result<Sight, StoreError> {
    Sight::read(basis(table, of_basis)?, stored).ok_or_else(|| StoreError::Corrupt {
        table,
        column: "sight",
        value: stored.unwrap_or_default().to_owned(),
    })
}

pub fn unsigned(table: &'static str, column: &'static str, value: i32) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::Corrupt {
        table,
        column,
        value: value.to_string(),
    })
}

/// A small count or number of days, as the database stores it.
pub fn signed(value: u32) -> i32 {
    i32::try_from(value).expect("counts and days stay far below two thousand million")
}

pub fn money(table: &'static str, column: &'static str, minor: i64, currency: Currency) -> Result<Money, StoreError> {
    Money::from_minor(minor, currency).map_err(|_| StoreError::Corrupt {
        table,
        column,
        value: minor.to_string(),
    })
}
