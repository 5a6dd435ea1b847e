//! A row of a list: as it was read, or from an already loaded object.

use std::borrow::Cow;
use std::sync::Arc;

use sea_orm::sea_query::ValueType;
use sea_orm::{DbErr, QueryResult, RuntimeErr, Value};
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::StoreError;

/// A row with the columns of a [`Selected`](super::Selected).
pub enum Row {
    /// As it was read; the column in which its first cell is.
    Read(QueryResult, usize),
    /// From an already loaded object: its own values, cell by cell, and the rest as it was read.
    AtHand(Vec<Option<Value>>, Option<Arc<QueryResult>>),
}

/// A type that both engines can store in a cell.
pub trait Stored<'r>: Type<Postgres> + Type<Sqlite> + Decode<'r, Postgres> + Decode<'r, Sqlite> {}

impl<'r, T: Type<Postgres> + Type<Sqlite> + Decode<'r, Postgres> + Decode<'r, Sqlite>> Stored<'r> for T {}

/// Where the value of a cell is.
enum CellValue<'r> {
    Own(&'r Value),
    /// In this column.
    Read(&'r QueryResult, usize),
}

impl Row {
    /// A row whose cells are all the columns that were read.
    pub(super) fn read_from(read: QueryResult) -> Self {
        Self::Read(read, 0)
    }

    /// The value of a cell; `None`: null.
    pub(super) fn get<T>(&self, cell: usize) -> Result<Option<T>, StoreError>
    where
        T: for<'r> Stored<'r>,
        Option<T>: ValueType,
    {
        match self.cell(cell)? {
            CellValue::Own(value) => <Option<T> as ValueType>::try_from(value.clone()).map_err(|_| not_at_hand(cell)),
            CellValue::Read(read, column) => decode(read, column),
        }
    }

    /// The text of a cell, borrowed; `None`: null.
    pub(crate) fn text(&self, cell: usize) -> Result<Option<Cow<'_, str>>, StoreError> {
        match self.cell(cell)? {
            CellValue::Own(Value::String(text)) => Ok(text.as_deref().map(Cow::Borrowed)),
            CellValue::Own(_) => Err(not_at_hand(cell)),
            CellValue::Read(read, column) => Ok(decode::<&str>(read, column)?.map(Cow::Borrowed)),
        }
    }

    /// The value of a cell that is never null.
    pub(crate) fn required<T>(&self, cell: usize) -> Result<T, StoreError>
    where
        T: for<'r> Stored<'r>,
        Option<T>: ValueType,
    {
        self.get(cell)?.ok_or_else(|| corrupt(cell, "null"))
    }

    /// The row as it was read.
    pub(super) fn read(&self) -> Result<&QueryResult, StoreError> {
        match self {
            Self::Read(read, _) => Ok(read),
            Self::AtHand(_, Some(read)) => Ok(read),
            Self::AtHand(_, None) => Err(not_at_hand(0)),
        }
    }

    fn cell(&self, cell: usize) -> Result<CellValue<'_>, StoreError> {
        match self {
            Self::Read(read, first) => Ok(CellValue::Read(read, first + cell)),
            Self::AtHand(own, read) => match (own.get(cell).and_then(Option::as_ref), read) {
                (Some(value), _) => Ok(CellValue::Own(value)),
                (None, Some(read)) => Ok(CellValue::Read(read, cell)),
                (None, None) => Err(not_at_hand(cell)),
            },
        }
    }
}

/// Directly from the driver's row: SeaORM makes an error of every null, with its text.
fn decode<'r, T: Stored<'r>>(read: &'r QueryResult, cell: usize) -> Result<Option<T>, StoreError> {
    let decoded = match (read.try_as_pg_row(), read.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get(cell),
        (None, Some(row)) => row.try_get(cell),
        (None, None) => return Err(not_at_hand(cell)),
    };
    decoded.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())).into())
}

fn not_at_hand(cell: usize) -> StoreError {
    corrupt(cell, "nothing at hand")
}

fn corrupt(cell: usize, value: &str) -> StoreError {
    StoreError::Corrupt {
        table: "view",
        column: "cell",
        value: format!("{value} in cell {cell}"),
    }
}
