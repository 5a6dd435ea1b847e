//! Parsing the values of cells.

use rust_decimal::Decimal;

use crate::file::{FileRow, quoted};
use domain::Timestamp;
use domain::exact_numbers;
use domain::money::Currency;
use domain::problem::{Fault, ProblemCode, Problems};
use domain::text;

/// The cells of a row, as far as they can be read without the database; problems are noted under our names of the
/// columns.
pub struct Cells<'a> {
    pub row: &'a FileRow,
    pub problems: Problems,
}

impl<'a> Cells<'a> {
    pub fn of(row: &'a FileRow) -> Self {
        let problems = Problems::new();
        Self { row, problems }
    }

    pub fn text(&self, column: &str) -> Option<String> {
        self.row.text(column).map(text::normalised)
    }

    /// A required text; empty, with a problem noted, if it is missing.
    pub fn required(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_none() {
            self.problems.add(column, ProblemCode::Required, "must be given");
        }
        text.unwrap_or_default()
    }

    /// Parses a cell with `read`, unless it is empty.
    pub fn read<T>(&mut self, column: &str, read: impl FnOnce(&'a str) -> Result<T, Fault>) -> Option<T> {
        let text = self.row.text(column)?;
        self.problems.take(column, read(text))
    }

    /// A moment, as [`CellFormat::moment`](crate::file::CellFormat::moment) reads it.
    pub fn moment(&mut self, column: &str) -> Option<Timestamp> {
        let format = self.row.format;
        self.read(column, |text| format.moment(text))
    }

    pub fn currency(&mut self, column: &str) -> Option<Currency> {
        self.read(column, |text| Currency::parse(&text.to_ascii_uppercase()))
    }

    /// An amount with its currency: both, or neither. The `minor` column has it in minor units, such as cents.
    pub fn amount(&mut self, amount: &str, minor: &str, currency: &str) -> Option<(Decimal, Currency)> {
        let unit = self.currency(currency);
        let value = self.row.cell(amount).map(|cell| self.row.format.amount(cell, unit));
        let value = value.and_then(|value| self.problems.take(amount, value));
        let whole = self.read(minor, |text| {
            text.parse::<i64>()
                .map_err(|_| Fault::invalid(format!("must be a whole number of minor units, not {}", quoted(text))))
        });
        if (value.is_some() || whole.is_some()) && self.row.text(currency).is_none() {
            self.problems
                .add(currency, ProblemCode::Required, "must be given with an amount");
        }
        let unit = unit?;
        let value = value.or_else(|| whole.map(|whole| Decimal::new(whole, unit.exponent())))?;
        Some((value, unit))
    }

    pub fn flag(&mut self, column: &str) -> Option<bool> {
        self.read(column, |text| match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true),
            "false" | "no" | "0" => Ok(false),
            _ => Err(Fault::invalid("must be true or false")),
        })
    }

    /// A JSON value without numbers that would change when they are read.
    pub fn json(&mut self, column: &str) -> Option<serde_json::Value> {
        self.read(column, |text| {
            let value = serde_json::from_str(text).map_err(|error| Fault::invalid(format!("must be JSON: {error}")))?;
            exact_numbers::check_json(text).map_err(|refused| Fault::invalid(format!("cannot be kept: {refused}")))?;
            Ok(value)
        })
    }

    /// A word of a fixed set, in any case.
    pub fn word<T>(&mut self, column: &str, known: &[(&str, T)]) -> Option<T>
    where
        T: Copy,
    {
        self.read(column, |text| {
            let word = text.to_ascii_uppercase().replace([' ', '-'], "_");
            let found = known.iter().find(|(name, _)| *name == word);
            found.map(|(_, value)| *value).ok_or_else(|| {
                let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
                Fault::invalid(format!("must be one of {}, not {}", names.join(", "), quoted(text)))
            })
        })
    }

    /// A list of texts: JSON, or separated by commas or semicolons.
    pub fn list(&mut self, column: &str) -> Vec<String> {
        let Some(text) = self.row.text(column) else {
            return Vec::new();
        };
        if text.starts_with('[') {
            let read = serde_json::from_str::<Vec<serde_json::Value>>(text);
            let read = read.map_err(|error| Fault::invalid(format!("must be a list: {error}")));
            let items = self.problems.take(column, read).unwrap_or_default();
            let name = |item: serde_json::Value| match item {
                serde_json::Value::String(text) => Some(text),
                item => Some(item.get("label")?.as_str()?.to_owned()),
            };
            return items.into_iter().filter_map(name).collect();
        }
        let items = text.split([',', ';']).map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }
}
