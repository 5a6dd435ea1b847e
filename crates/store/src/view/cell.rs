//! How the values of columns are written. A null cell is written as null.

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use sea_orm::sea_query::ValueType;
use uuid::Uuid;

use super::row::Stored;
use super::{JsonText, Row};
use crate::page::{RowPosition, SortKey};
use crate::{StoreError, row};
use domain::Timestamp;
use domain::id::{Id, Kind};
use domain::money::Currency;

/// Writes a field's value from the cells of a row from which it is made.
pub type Write = fn(&Row, &[usize], &mut JsonText) -> Result<(), StoreError>;

/// The table's name in errors, since a cell does not know its table; the statement shows which column it was.
const TABLE: &str = "view";

/// An id that is needed in itself, not written; `None`: null.
pub fn uuid(row: &Row, cell: usize) -> Result<Option<Uuid>, StoreError> {
    row.get(cell)
}

/// Whether the cell of the minor units is not null.
pub fn is_amount(row: &Row, cell: usize) -> Result<bool, StoreError> {
    let minor: Option<i64> = row.get(cell)?;
    Ok(minor.is_some())
}

fn nullable<T>(
    row: &Row,
    cells: &[usize],
    json: &mut JsonText,
    write: impl FnOnce(&mut JsonText, T),
) -> Result<(), StoreError>
where
    T: for<'r> Stored<'r>,
    Option<T>: ValueType,
{
    match row.get(cells[0])? {
        Some(value) => write(json, value),
        None => json.null(),
    }
    Ok(())
}

pub fn id<K: Kind>(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, id: Uuid| json.plain(Id::<K>::from_uuid(id)))
}

pub fn text(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    match row.text(cells[0])? {
        Some(text) => json.text(&text),
        None => json.null(),
    }
    Ok(())
}

pub fn number(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, number: i32| json.number(number))
}

pub fn truth(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, truth: bool| json.truth(truth))
}

pub fn moment(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, moment: Timestamp| {
        json.plain(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    })
}

/// Writes one of a closed set of words, which are spelled alike in the database and in the schema.
pub fn one_of(
    row: &Row,
    cells: &[usize],
    json: &mut JsonText,
    is_one: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    match row.text(cells[0])? {
        Some(word) if is_one(&word) => json.word(&word),
        Some(word) => {
            let (table, column) = (TABLE, "word");
            let value = word.into_owned();
            return Err(StoreError::Corrupt { table, column, value });
        }
        None => json.null(),
    }
    Ok(())
}

/// Writes a value of a domain enum.
#[macro_export]
macro_rules! word {
    ($kind:ty) => {
        |row, cells, json| $crate::view::one_of(row, cells, json, |text| <$kind>::parse(text).is_some())
    };
}

pub use word;

/// A document that is needed in itself, not written.
pub fn json(row: &Row, cell: usize) -> Result<serde_json::Value, StoreError> {
    row.required(cell)
}

/// Writes a document as it is stored.
pub fn document(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, document: serde_json::Value| {
        json.number(document)
    })
}

/// A row's position in its list: its id, and from the other cell the sort key, which is of the same type as `example`.
pub fn place(row: &Row, id: usize, key: Option<usize>, example: Option<&SortKey>) -> Result<RowPosition, StoreError> {
    let key = match (key, example) {
        (Some(cell), Some(SortKey::Text(_))) => Some(SortKey::Text(row.required(cell)?)),
        (Some(cell), Some(SortKey::Time(_))) => Some(SortKey::Time(row.required(cell)?)),
        (Some(cell), Some(SortKey::Integer(_))) => Some(SortKey::Integer(row.required(cell)?)),
        _ => None,
    };
    let id = row.required(id)?;
    Ok(RowPosition { key, id })
}

/// Writes an amount of money, from a currency and minor units.
pub fn amount(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    let money = row::money(TABLE, "amount_minor", row.required(cells[1])?, currency(row, cells)?)?;
    json.plain(money.amount());
    Ok(())
}

/// Writes a sum, which may be larger than any amount, from a currency and minor units.
pub fn sum(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    units(row.required(cells[1])?, currency(row, cells)?, json);
    Ok(())
}

/// Writes the difference of two sums, from a currency and the minor units of both.
pub fn difference(row: &Row, cells: &[usize], json: &mut JsonText) -> Result<(), StoreError> {
    let (sum, less): (i64, i64) = (row.required(cells[1])?, row.required(cells[2])?);
    units(sum - less, currency(row, cells)?, json);
    Ok(())
}

fn units(minor: i64, currency: Currency, json: &mut JsonText) {
    json.plain(Decimal::new(minor, currency.exponent()));
}

fn currency(row: &Row, cells: &[usize]) -> Result<Currency, StoreError> {
    let code = row.text(cells[0])?;
    row::currency(TABLE, "currency", code.as_deref().unwrap_or_default())
}
