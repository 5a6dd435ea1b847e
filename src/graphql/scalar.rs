//! The scalars of the schema. Each checks values in `is_valid`, so that an invalid value is rejected before anything is
//! executed.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike, NaiveDate, SecondsFormat};

use domain::Timestamp;
use domain::money::{self, parse_decimal};
use domain::problem::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub rust_decimal::Decimal);

/// An exact decimal number as a string: "12.34". Whole numbers may be given without quotes; numbers with a decimal
/// point or an exponent may not, since they would be converted to binary floating point.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema11-2/#decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let parsed = match &value {
            Value::String(text) => parse_decimal(text),
            Value::Number(number) if number.is_i64() || number.is_u64() => parse_decimal(&number.to_string()),
            Value::Number(number) => {
                return Err(InputValueError::custom(format!(
                    "{number} is a floating point number, which is not exact: put it in quotes, \"{number}\""
                )));
            }
            _ => return Err(InputValueError::expected_type(value)),
        };
        parsed.map(Self).map_err(custom)
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyCode(pub money::Currency);

/// An ISO 4217 currency code: "EUR".
#[Scalar(specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(code) => money::Currency::parse(code).map(Self).map_err(custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.code().to_owned())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A moment as RFC 3339 text, in UTC on output: "2026-04-24T12:00:00Z". Stored to the microsecond; further digits are
/// cut off. What is recorded must not be before 1990: so early a moment is usually a missing one.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let parsed = chrono::DateTime::parse_from_rfc3339(text).ok();
        let cut = parsed.and_then(|moment| Timestamp::from_timestamp_micros(moment.timestamp_micros()));
        cut.filter(|moment| (1..=9999).contains(&moment.year()))
            .map(Self)
            .ok_or_else(|| InputValueError::custom("must be an RFC 3339 moment such as \"2026-04-24T12:00:00Z\""))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A calendar day: "2026-04-24". It starts and ends in the tenant's time zone.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        // Checked by formatting it again: chrono also parses "2026-4-24" and "+2026-04-24".
        let parsed = text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == *text);
        parsed
            .filter(|date| (1..=9999).contains(&date.year()))
            .map(Self)
            .ok_or_else(|| InputValueError::custom("must be a day such as \"2026-04-24\""))
    }

    fn is_valid(value: &Value) -> bool {
        Self::parse(value.clone()).is_ok()
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value. A number must be a whole one of 64 bits, or one that binary floating point gives back unchanged; others
/// are refused: put them in quotes.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        value
            .into_json()
            .map(Self)
            .map_err(|_| InputValueError::custom("must be a JSON value"))
    }

    fn to_value(&self) -> Value {
        // Kept as the text that the response contains: as a tree, each value would take a hundred times the memory of
        // its text.
        match &self.0 {
            serde_json::Value::Null => Value::Null,
            json => Value::Binary(json.to_string().into()),
        }
    }
}

/// Converts a scalar to the domain's value.
macro_rules! unwrapped {
    ($($scalar:ident: $value:ty;)+) => {
        $(
            impl From<$scalar> for $value {
                fn from(scalar: $scalar) -> Self {
                    scalar.0
                }
            }
        )+
    };
}

unwrapped! {
    Decimal: rust_decimal::Decimal;
    CurrencyCode: money::Currency;
    DateTime: Timestamp;
    Date: NaiveDate;
    Json: serde_json::Value;
}

/// Whether a value is valid for the scalar `name`; if not, what it must be, for the text of an error. A `value` of
/// `None` is a list or an object. Scalars that are not listed here take any value.
pub fn check_scalar(name: &str, value: Option<&Value>) -> Result<(), &'static str> {
    let is = |test: fn(&Value) -> bool| value.is_some_and(test);
    let (valid, text) = match name {
        "Int" => (
            is(
                |value| matches!(value, Value::Number(number) if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())),
            ),
            "must be a whole number from -2147483648 to 2147483647",
        ),
        "Float" => (is(|value| matches!(value, Value::Number(_))), "must be a number"),
        "String" => (is(|value| matches!(value, Value::String(_))), "must be a text"),
        "Boolean" => (is(|value| matches!(value, Value::Boolean(_))), "must be true or false"),
        "ID" => (
            is(|value| match value {
                Value::Number(number) => !number.is_f64(),
                value => matches!(value, Value::String(_)),
            }),
            "must be an id, which is a text",
        ),
        "Decimal" => (
            is(Decimal::is_valid),
            "must be a decimal number of at most 28 digits; decimals are put in quotes: \"12.34\"",
        ),
        "CurrencyCode" => (is(CurrencyCode::is_valid), "must be an ISO 4217 currency code: \"EUR\""),
        "Date" => (is(Date::is_valid), "must be a day: \"2026-04-24\""),
        "DateTime" => (
            is(DateTime::is_valid),
            "must be an RFC 3339 moment: \"2026-04-24T12:00:00Z\"",
        ),
        "_Any" => (value.is_none(), "must be an object of __typename and id"),
        _ => (true, ""),
    };
    if valid { Ok(()) } else { Err(text) }
}

fn custom<T: async_graphql::InputType>(Fault(_, message): Fault) -> InputValueError<T> {
    InputValueError::custom(message)
}
