//! Parsing the values of cells.

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc};
use rust_decimal::Decimal;

use crate::file::FileRow;
use domain::Timestamp;
use domain::money::{Currency, parse_decimal};
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

    /// A moment: RFC 3339, a date, with or without a time, in UTC, or milliseconds since 1970.
    pub fn moment(&mut self, column: &str) -> Option<Timestamp> {
        self.read(column, moment)
    }

    pub fn currency(&mut self, column: &str) -> Option<Currency> {
        self.read(column, |text| Currency::parse(&text.to_ascii_uppercase()))
    }

    /// An amount with its currency: both, or neither. The `minor` column has it in minor units, such as cents.
    pub fn amount(&mut self, amount: &str, minor: &str, currency: &str) -> Option<(Decimal, Currency)> {
        let value = self.read(amount, parse_decimal);
        let whole = self.read(minor, |text| {
            text.parse::<i64>()
                .map_err(|_| Fault::invalid("must be a whole number of minor units"))
        });
        let unit = self.currency(currency);
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

    pub fn json(&mut self, column: &str) -> Option<serde_json::Value> {
        self.read(column, |text| {
            serde_json::from_str(text).map_err(|error| Fault::invalid(format!("must be JSON: {error}")))
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
                Fault::invalid(format!("must be one of {}, not {text:?}", names.join(", ")))
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

fn moment(text: &str) -> Result<Timestamp, Fault> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        let micros = at.timestamp_micros();
        return Timestamp::from_timestamp_micros(micros).ok_or_else(|| Fault::invalid("is beyond what is kept"));
    }
    if let Some(at) = (text.len() == 13).then(|| text.parse::<i64>().ok()).flatten() {
        return Timestamp::from_timestamp_millis(at).ok_or_else(|| Fault::invalid("is beyond what is kept"));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day.and_then(|day| day.and_hms_opt(0, 0, 0));
    let timed = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let timed = || {
        let text = text.strip_suffix(" UTC").unwrap_or(text);
        timed
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    };
    match day.or_else(timed) {
        Some(at) => Ok(Utc.from_utc_datetime(&at)),
        None => Err(Fault::invalid(format!(
            "must be a date such as 2026-03-01, or with a time such as 2026-03-01T09:30:00Z, not {text:?}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_exports_and_spreadsheets_write_them() {
        for (text, expected) in [
            ("2026-03-01T09:30:00.123456+01:00", "2026-03-01T08:30:00.123456Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01 09:30", "2026-03-01T09:30:00Z"),
            ("1772357400123", "2026-03-01T09:30:00.123Z"),
            ("2026-03-01 09:30:10 UTC", "2026-03-01T09:30:10Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(moment(text).ok(), Some(expected), "{text}");
        }
        for text in ["", "03/01/2026", "2026-02-30", "yesterday"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
