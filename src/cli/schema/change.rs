//! One difference between two versions of a schema.

use std::fmt;

use serde::Serialize;

/// One difference, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SchemaChange {
    pub effect: Effect,
    pub text: String,
    /// The name that graphql-js gives such a change: `FIELD_REMOVED`. Changes that it has no name for are named alike.
    pub kind: &'static str,
    /// Its location, as a schema coordinate: `Type.field(argument:)`.
    pub place: String,
    /// The part of the old schema whose users are affected: `place`; what a new required input belongs to; or the
    /// member that a union has lost.
    #[serde(skip)]
    pub concerns: String,
    /// The deprecation reason in the old schema; `None`: it was not deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// What a change means to existing clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Documents that were valid are no longer, or mean something else.
    #[serde(rename = "breaking")]
    Breaks,
    /// Documents stay valid, but clients may receive values that they do not know, or be understood differently.
    Dangerous,
    /// No client is affected.
    Safe,
}

impl fmt::Display for SchemaChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Breaks => "breaks",
            Effect::Dangerous => "dangerous",
            Effect::Safe => "safe",
        };
        write!(f, "{effect:<10} {}", self.text)?;
        match &self.deprecated {
            Some(reason) => write!(f, " (deprecated: {reason})"),
            None => Ok(()),
        }
    }
}
