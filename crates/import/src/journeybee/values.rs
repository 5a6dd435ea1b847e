//! Whether a part's values are percent or amounts. The documents mostly have bare numbers, or texts that may contain a
//! percent sign or a currency; no percentage is over 100.

use rust_decimal::Decimal;

use crate::json::{ObjectMembers, is_null, number};
use domain::deal_rules::ValueType;
use domain::money::{Currency, parse_decimal};
use domain::problem::{Fault, ProblemCode, Problems};

/// What the values of one part say about their type: an example of each.
#[derive(Debug, Default)]
pub struct ValueSigns {
    percent: Option<String>,
    amount: Option<String>,
    over_100: bool,
    bare: bool,
    currencies: Vec<Currency>,
}

/// The type of a value that has a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ValueSign {
    Percent,
    Amount(Currency),
}

impl ValueSigns {
    /// A value as a number or as numeric text; absent, null and the empty text are no value.
    pub fn value(&mut self, members: &mut ObjectMembers, problems: &mut Problems) -> Option<Option<Decimal>> {
        let Some(value) = members.take("value").filter(|value| !is_null(value)) else {
            return Some(None);
        };
        let text = serde_json::from_str::<String>(value.get()).ok();
        let read = match text.as_deref().map(str::trim) {
            Some("") => return Some(None),
            Some(text) => read(text),
            None => number(value).map(|number| (number, None)),
        };
        let (value, sign) = problems.take("value", read)?;
        let text = text.unwrap_or_default();
        match sign {
            Some(ValueSign::Percent) => self.percent = Some(text),
            Some(ValueSign::Amount(currency)) => {
                self.amount = Some(text);
                self.currencies.push(currency);
            }
            None => {
                self.bare = true;
                self.over_100 |= value > Decimal::ONE_HUNDRED;
            }
        }
        Some(Some(value))
    }

    /// The type that the values state, or else `otherwise`. `None`, with a problem noted, if neither states it or if
    /// the values contradict each other.
    pub fn value_type(&self, otherwise: Option<ValueType>, problems: &mut Problems) -> Option<ValueType> {
        let (code, message) = match (&self.percent, &self.amount) {
            (Some(percent), Some(amount)) => {
                let message = format!("has both percent ({percent:?}) and amounts ({amount:?}): it must be either");
                (ProblemCode::Invalid, message)
            }
            (Some(_), None) => return Some(ValueType::Percentage),
            (None, Some(_)) => return Some(ValueType::Fixed),
            (None, None) if self.over_100 => return Some(ValueType::Fixed),
            (None, None) => match otherwise {
                Some(value_type) => return Some(value_type),
                // A part without any value is refused because it pays nothing.
                None if !self.bare => return Some(ValueType::Percentage),
                None => {
                    let message = "does not tell whether its values are percent or amounts: give --value-type, which is for \
                                   all that do not tell, or write them as \"5%\" or \"5 EUR\"";
                    (ProblemCode::Required, message.to_owned())
                }
            },
        };
        problems.add("", code, message);
        None
    }
}

/// A number that may have a percent sign, or a currency before or after it.
fn read(text: &str) -> Result<(Decimal, Option<ValueSign>), Fault> {
    if let Some(percent) = text.strip_suffix('%') {
        return Ok((parse_decimal(percent.trim_end())?, Some(ValueSign::Percent)));
    }
    let words: Vec<_> = text.split_whitespace().collect();
    let is_code = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    match words[..] {
        [code, amount] | [amount, code] if is_code(code) => {
            let currency = Currency::parse(&code.to_ascii_uppercase())?;
            Ok((parse_decimal(amount)?, Some(ValueSign::Amount(currency))))
        }
        _ => Ok((parse_decimal(text)?, None)),
    }
}

/// The currencies of a rule's amounts, where these state them.
#[derive(Debug, Default)]
pub struct Currencies(Vec<Currency>);

impl Currencies {
    pub fn add(&mut self, said: &ValueSigns) {
        self.0.extend(&said.currencies);
    }

    /// The currency that is stated, if any. `None`, with a problem noted, if there are several: a rule has one.
    pub fn only(&self, problems: &mut Problems) -> Option<Option<Currency>> {
        let first = self.0.first().copied();
        match self.0.iter().find(|currency| Some(**currency) != first) {
            None => Some(first),
            Some(other) => {
                let first = first.map_or_else(String::new, |first| first.to_string());
                let message = format!("has amounts in {first} and in {other}: a rule has one currency");
                problems.add("calculation", ProblemCode::Invalid, message);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_say_what_they_are() {
        let amount = |number: &str, code: &str| {
            let currency = Currency::parse(code).unwrap();
            Ok((parse_decimal(number).unwrap(), Some(ValueSign::Amount(currency))))
        };
        let number = |number: &str| parse_decimal(number).unwrap();
        assert_eq!(read("12.5"), Ok((number("12.5"), None)));
        assert_eq!(read("12.5%"), Ok((number("12.5"), Some(ValueSign::Percent))));
        assert_eq!(read("0.1 %"), Ok((number("0.1"), Some(ValueSign::Percent))));
        assert_eq!(read("500 EUR"), amount("500", "EUR"));
        assert_eq!(read("usd 1.50"), amount("1.50", "USD"));
        for wrong in ["%", "5 XXQ", "5 5", "EUR", "5EUR", "$5", "1,5", "5 EUR x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
