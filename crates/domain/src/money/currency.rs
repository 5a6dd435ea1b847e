//! Currencies and their minor units.

use std::fmt;

use crate::problem::Fault;

/// An ISO 4217 currency that has a minor unit (which excludes gold and test codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub fn parse(code: &str) -> Result<Self, Fault> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| Fault::invalid(format!("must be an ISO 4217 currency code such as EUR, not {code:?}")))
    }

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The decimal places of its minor unit: JPY 0, USD 2, KWD 3.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().expect("parse admits only currencies with one"))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&code).map_err(|Fault(_, message)| serde::de::Error::custom(message))
    }
}
