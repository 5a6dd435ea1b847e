//! How the texts of cells are read as times and numbers.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::problems::quoted;
use super::record::FileCell;
use domain::money::{Currency, parse_decimal, parse_json_number};
use domain::problem::Fault;
use domain::{Timestamp, calendar, time};

/// What the texts of a file leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellFormat {
    /// Where dates, and times without an offset, are from: the tenant's zone.
    pub zone: Tz,
    /// Numbers are written as 1.234,56.
    pub decimal_comma: bool,
}

impl CellFormat {
    /// A moment: RFC 3339, a date, also as 31.12.2026, with or without a time, or milliseconds since 1970.
    pub fn moment(&self, text: &str) -> Result<Timestamp, Fault> {
        let at = self.parse(text).ok_or_else(|| {
            let text = quoted(text);
            Fault::invalid(format!(
                "must be a date such as 2026-03-01, or with a time such as 2026-03-01T09:30:00Z, not {text}"
            ))
        })?;
        time::recorded(at)
    }

    fn parse(&self, text: &str) -> Option<Timestamp> {
        if text.len() == 13
            && let Ok(milliseconds) = text.parse::<i64>()
        {
            return Timestamp::from_timestamp_millis(milliseconds);
        }
        let local = ["UTC", "GMT"].iter().find_map(|zone| text.strip_suffix(zone));
        let text = local.map_or(Cow::Borrowed(text), |local| {
            Cow::Owned(format!("{}Z", local.trim_end()))
        });
        // With points, the day comes first wherever dates are written so.
        let days = ["%Y-%m-%d", "%d.%m.%Y"];
        if let Some(day) = days.iter().find_map(|form| NaiveDate::parse_from_str(&text, form).ok()) {
            return Some(calendar::resolve(self.zone, day.and_time(NaiveTime::MIN)));
        }
        let times = ["%H:%M:%S%.f", "%H:%M"];
        let mut forms = days.into_iter().flat_map(|day| {
            let between = ["T", "t", " "].into_iter();
            between.flat_map(move |between| times.map(|time| format!("{day}{between}{time}")))
        });
        forms.find_map(|form| match NaiveDateTime::parse_from_str(&text, &form) {
            Ok(local) => Some(calendar::resolve(self.zone, local)),
            Err(_) => {
                let at = DateTime::parse_from_str(&text, &format!("{form}%#z")).ok()?;
                Timestamp::from_timestamp_micros(at.timestamp_micros())
            }
        })
    }

    /// An exact number.
    pub fn number(&self, cell: &FileCell) -> Result<Decimal, Fault> {
        let text = cell.text.as_str();
        if cell.is_number {
            return parse_json_number(text);
        }
        match (self.decimal_comma, text.contains(',')) {
            (true, _) => match with_point(text) {
                Some(number) => parse_decimal(&number),
                None => Err(Fault::invalid(format!(
                    "must be a number such as 1.234,56, not {}",
                    quoted(text)
                ))),
            },
            (false, true) => Err(Fault::invalid(format!(
                "must be a number such as 1234.56, not {}; --decimal-comma reads 1.234,56",
                quoted(text)
            ))),
            (false, false) => parse_decimal(text),
        }
    }

    /// An amount in a currency. What may as well be thousands is refused.
    pub fn amount(&self, cell: &FileCell, currency: Option<Currency>) -> Result<Decimal, Fault> {
        let amount = self.number(cell)?;
        let decimals = currency.map_or(3, Currency::exponent);
        let fraction = cell.text.split_once('.').map(|(_, fraction)| fraction);
        if !self.decimal_comma && !cell.is_number && decimals < 3 && fraction.is_some_and(|digits| digits.len() == 3) {
            let thousands = cell.text.replace('.', "");
            return Err(Fault::invalid(format!(
                "is {}, which may be {} or {thousands}: write it without the point or with {decimals} decimals, or use \
                 --decimal-comma if the point separates thousands",
                quoted(&cell.text),
                amount.normalize(),
            )));
        }
        Ok(amount)
    }
}

/// A number such as 1.234,56 with a decimal point; `None` if it is not written like this.
fn with_point(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut groups = whole.split(['.', ' ', '\'', '\u{a0}', '\u{202f}', '\u{2019}']);
    let mut number = groups.next()?.to_owned();
    let digits = number.trim_start_matches('-').len();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&digits) {
            return None;
        }
        number.push_str(group);
    }
    if let Some(fraction) = fraction {
        number.push('.');
        number.push_str(fraction);
    }
    let mut letters = number.trim_start_matches('-').bytes();
    letters
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        .then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: CellFormat = CellFormat {
        zone: chrono_tz::Europe::Berlin,
        decimal_comma: false,
    };

    fn cell(text: &str, is_number: bool) -> FileCell {
        let text = text.to_owned();
        FileCell { text, is_number }
    }

    #[test]
    fn moments_are_read_as_exports_and_spreadsheets_write_them() {
        for (text, expected) in [
            ("2026-03-01T09:30:00.123456+01:00", "2026-03-01T08:30:00.123456Z"),
            ("2026-03-01T09:30:00+0100", "2026-03-01T08:30:00Z"),
            ("2026-03-01 09:30:00+0000", "2026-03-01T09:30:00Z"),
            ("2026-03-01 09:30:00 +00", "2026-03-01T09:30:00Z"),
            ("2026-03-01 09:30Z", "2026-03-01T09:30:00Z"),
            ("2026-03-01t09:30:00z", "2026-03-01T09:30:00Z"),
            ("1772357400123", "2026-03-01T09:30:00.123Z"),
            ("2026-03-01 09:30:10 UTC", "2026-03-01T09:30:10Z"),
            ("01.03.2026", "2026-02-28T23:00:00Z"),
            ("1.3.2026 9:30", "2026-03-01T08:30:00Z"),
            ("31.03.2026 09:30:10", "2026-03-31T07:30:10Z"),
            // The tenant's days and times, over its changes of clocks.
            ("2026-03-01", "2026-02-28T23:00:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026-03-01 09:30", "2026-03-01T08:30:00Z"),
            ("2026-03-01T09:30:00.5", "2026-03-01T08:30:00.500Z"),
            ("2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(BERLIN.moment(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "03/01/2026",
            "2026-02-30",
            "03.31.2026",
            "01.03.",
            "yesterday",
            "2026-03-01T25:00:00Z",
            "2026-03",
        ] {
            assert!(BERLIN.moment(text).is_err(), "{text}");
        }
        for zero in [
            "0000-01-01",
            "-0044-03-15",
            "0001-01-01T00:00:00Z",
            "1899-12-30",
            "1970-01-01 00:00:00",
            "0000000000000",
            "01.03.26",
        ] {
            let Fault(_, message) = BERLIN.moment(zero).unwrap_err();
            assert!(message.starts_with("is before 1990-01-01"), "{zero}: {message}");
        }
    }

    #[test]
    fn numbers_with_a_decimal_comma_are_exact() {
        let format = CellFormat {
            decimal_comma: true,
            ..BERLIN
        };
        for (text, expected) in [
            ("12,50", "12.50"),
            ("1.234,56", "1234.56"),
            ("-1.234.567,8", "-1234567.8"),
            ("3.000", "3000"),
            ("1 234,56", "1234.56"),
            ("1\u{202f}234\u{a0}567", "1234567"),
            ("1'234,5", "1234.5"),
            ("10", "10"),
        ] {
            let expected: Decimal = expected.parse().unwrap();
            assert_eq!(format.number(&cell(text, false)), Ok(expected), "{text}");
        }
        // The file says that it is a number.
        assert_eq!(format.number(&cell("3.000", true)), Ok(Decimal::from(3)));
        for text in [
            "12.50", "1.23,4", "1234.567", ".500", "1,2,3", "1,2.5", "1.234,", "x", "", "1e3", "--1", "1,-5",
        ] {
            assert!(format.number(&cell(text, false)).is_err(), "{text}");
        }
    }

    #[test]
    fn three_digits_after_a_point_are_asked_about() {
        let currency = |code| Some(Currency::parse(code).unwrap());
        for (text, code) in [
            ("3.000", "EUR"),
            ("10.500", "USD"),
            ("-1.234", "JPY"),
            ("1234.500", "EUR"),
        ] {
            let Fault(_, message) = BERLIN.amount(&cell(text, false), currency(code)).unwrap_err();
            assert!(message.contains("which may be"), "{message}");
            assert!(BERLIN.amount(&cell(text, true), currency(code)).is_ok());
        }
        for (text, code) in [("3.000", "KWD"), ("3.00", "EUR"), ("3.0000", "EUR"), ("3000", "EUR")] {
            assert!(
                BERLIN.amount(&cell(text, false), currency(code)).is_ok(),
                "{text} {code}"
            );
        }
        let Fault(_, message) = BERLIN.amount(&cell("1.234,56", false), currency("EUR")).unwrap_err();
        assert_eq!(
            message,
            "must be a number such as 1234.56, not \"1.234,56\"; --decimal-comma reads 1.234,56"
        );
        let Fault(_, message) = BERLIN.amount(&cell("3.000", false), currency("EUR")).unwrap_err();
        assert_eq!(
            message,
            "is \"3.000\", which may be 3 or 3000: write it without the point or with 2 decimals, or use --decimal-comma if the \
             point separates thousands"
        );
    }
}
