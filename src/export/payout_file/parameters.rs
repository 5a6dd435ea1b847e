//! The parameters of payout files.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

use crate::export::parameters::Parameter;

/// The run that a file is made of.
pub(super) const RUN: Parameter<'static> = Parameter::new("runId", "ID!", "The payout run.");

/// The currency of the payouts; by default all.
pub(super) const CURRENCY: Parameter<'static> =
    Parameter::new("currency", "CurrencyCode", "Only the payouts in this currency.");

/// The part of a run that does not fit into one file.
pub(super) const PART: Parameter<'static> = Parameter::new(
    "part",
    "Int",
    "Which part, from 1, of a run that has more payouts than a file of this format takes.",
);

/// The given parameters of a payout file.
pub struct FileParameters(pub(super) IndexMap<Name, Value>);

impl FileParameters {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Value::String(text) => Some(text),
            Value::Enum(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn truth(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Boolean(true))
    }

    /// The requested part, from 1, of a run that does not fit into one file.
    pub(super) fn part(&self) -> Option<u64> {
        match self.0.get("part")? {
            Value::Number(part) => Some(part.as_u64().unwrap_or(0)),
            _ => None,
        }
    }
}
