//! How the values of columns are written. An empty cell is null.

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use sea_orm::TryGetable;
use uuid::Uuid;

use super::{Json, Row};
use crate::domain::Timestamp;
use crate::domain::id::{Id, Kind};
use crate::domain::money::Currency;
use crate::store::{StoreError, row};

/// For errors: which of the columns it was is in the statement.
const TABLE: &str = "view";

pub fn read<T: TryGetable>(row: &Row, cell: usize) -> Result<T, StoreError> {
    Ok(row.try_get_by_index(cell)?)
}

/// An id that is needed itself; `None`: there is none.
pub fn uuid(row: &Row, cell: usize) -> Result<Option<Uuid>, StoreError> {
    read(row, cell)
}

fn nullable<T: TryGetable>(
    row: &Row,
    cells: &[usize],
    json: &mut Json,
    write: impl FnOnce(&mut Json, T),
) -> Result<(), StoreError> {
    match read(row, cells[0])? {
        Some(value) => write(json, value),
        None => json.null(),
    }
    Ok(())
}

pub fn id<K: Kind>(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, id: Uuid| json.plain(Id::<K>::from_uuid(id)))
}

pub fn text(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, text: String| json.text(&text))
}

pub fn number(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, number: i32| json.number(number))
}

pub fn truth(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, truth: bool| json.truth(truth))
}

pub fn moment(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    nullable(row, cells, json, |json, moment: Timestamp| {
        json.plain(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    })
}

/// Writes one of a closed set of words, which are spelt alike in the database and in the schema.
pub fn one_of(row: &Row, cells: &[usize], json: &mut Json, is_one: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    let word: Option<String> = read(row, cells[0])?;
    match word {
        Some(word) if is_one(&word) => json.plain(word),
        Some(word) => {
            let (table, column) = (TABLE, "word");
            let value = word;
            return Err(StoreError::Corrupt { table, column, value });
        }
        None => json.null(),
    }
    Ok(())
}

/// Writes a value of an enum of the domain.
macro_rules! word {
    ($kind:ident) => {
        |row, cells, json| crate::store::view::cell::one_of(row, cells, json, |text| $kind::parse(text).is_some())
    };
}

pub(super) use word;

/// An amount of money: a currency and minor units.
pub fn amount(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    let money = row::money(TABLE, "amount_minor", read(row, cells[1])?, currency(row, cells)?)?;
    json.plain(money.amount());
    Ok(())
}

/// A sum, which may be larger than any amount: a currency and minor units.
pub fn sum(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    units(read(row, cells[1])?, currency(row, cells)?, json);
    Ok(())
}

/// A sum less another one: a currency and the minor units of both.
pub fn difference(row: &Row, cells: &[usize], json: &mut Json) -> Result<(), StoreError> {
    let (sum, less): (i64, i64) = (read(row, cells[1])?, read(row, cells[2])?);
    units(sum - less, currency(row, cells)?, json);
    Ok(())
}

fn units(minor: i64, currency: Currency, json: &mut Json) {
    json.plain(Decimal::new(minor, currency.exponent()));
}

fn currency(row: &Row, cells: &[usize]) -> Result<Currency, StoreError> {
    let code: String = read(row, cells[0])?;
    row::currency(TABLE, "currency", &code)
}
