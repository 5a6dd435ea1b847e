//! The parameters of payout files.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

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
